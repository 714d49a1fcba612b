// A race for the keys of a unique index. Threads: free functions.
#pragma once

#include <cstdint>

#include <sheaf/error.hpp>
#include <sheaf/open.hpp>

#include "concurrency/cas.hpp"

namespace sheaf::concurrency {

// Inserts a document for each of the keys; how many of them nobody had.
inline std::int64_t claim(Collection claims, int keys) {
    std::int64_t won = 0;
    for (int key = 0; key < keys; ++key) {
        InsertOptions options;
        options.control = patient();
        try {
            claims.insert_one(Document({{"key", key}}), options);
            ++won;
        } catch (const Error& error) {
            if (error.code() != Code::duplicate_key) throw;
        }
    }
    return won;
}

}  // namespace sheaf::concurrency
