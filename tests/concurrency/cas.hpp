// Compare-and-swap on one document, as a careful program does it: read, change, write with the version that was read.
// Threads: free functions.
#pragma once

#include <cstdint>
#include <thread>

#include <sheaf/error.hpp>
#include <sheaf/open.hpp>

namespace sheaf::concurrency {

struct CasCounts {
    std::int64_t successes = 0;
    std::int64_t mismatches = 0;
    std::int64_t gave_up = 0;  // increments whose tries were all lost to others
};

inline Control patient() {
    return {.deadline = Control::within(std::chrono::seconds(60)), .stop = {}};
}

// Increments counter {"_id": "n"} so many times; each increment is tried at most `tries` times.
inline CasCounts increment(Collection counters, int increments, int tries) {
    const Document filter({{"_id", "n"}});
    const Document update({{"$inc", Value::object({{"value", 1}})}});
    CasCounts counts;
    for (int i = 0; i < increments; ++i) {
        int left = tries;
        for (; left > 0; --left) {
            const Version seen = counters.find_one(filter)->version;
            std::this_thread::yield();  // others may come between
            try {
                UpdateOptions options;
                options.expected_version = ExpectedVersion::exactly(seen);
                options.control = patient();
                counts.successes += counters.update_one(filter, update, options).modified_count;
                break;
            } catch (const Error& error) {
                if (error.code() != Code::version_mismatch) throw;
                ++counts.mismatches;
            }
        }
        if (left == 0) ++counts.gave_up;
    }
    return counts;
}

}  // namespace sheaf::concurrency
