// DocumentChain: a hash over documents one after another that can be kept and gone on with, 32 bytes at any point.
//
// After no document it is 32 zero bytes; after each, the SHA-256 of what it was before and of the document with its key
// and system fields. Format: docs/guide/copy.md.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <sheaf/control.hpp>
#include <sheaf/driver/backend.hpp>

#include "base/hash.hpp"

namespace sheaf::engine {

class DocumentChain {
public:
    void add(BytesView key, const driver::RowView& row);

    const Sha256& hash() const { return hash_; }
    std::int64_t documents() const { return documents_; }

private:
    Sha256Stream stream_{};
    Sha256 hash_{};
    std::int64_t documents_ = 0;
};

std::string hex_of(const Sha256& hash);

using DocumentsDone = std::function<void(std::int64_t)>;  // called now and then, with how many were read

// Over all documents of a collection, in the order of insertion.
DocumentChain chain_of(driver::Transaction& tx, std::string_view collection, const Control& control,
                       const DocumentsDone& done);

// The _id as Extended JSON; of a damaged document, what its key tells.
std::string id_text_of(BytesView key, BytesView body);

}  // namespace sheaf::engine
