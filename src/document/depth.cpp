#include "document/depth.hpp"

#include <algorithm>
#include <string>

#include <sheaf/error.hpp>

#include "document/head.hpp"

namespace sheaf {

namespace {

// Returns the end of the value at p.
const char* measure(const char* p, const char* end, std::size_t depth, std::size_t& deepest) {
    const Head head = read_head(p, end);
    if (head.major != Major::array && head.major != Major::map) return skip(p, end);
    if (depth >= max_stored_depth) throw_corrupt("nesting without end");
    deepest = std::max(deepest, depth + 1);
    p = head.next;
    for (std::uint64_t n = head.argument; n > 0; --n) {
        if (head.major == Major::map) p = skip(p, end);
        p = measure(p, end, depth + 1, deepest);
    }
    return p;
}

}  // namespace

std::size_t depth_of(View value) {
    std::size_t deepest = 0;
    measure(value.data(), value.limit(), 0, deepest);
    return deepest;
}

void require_within(std::size_t bytes, std::size_t depth, const Limits& limits) {
    if (bytes > limits.document_bytes) {
        throw Error(Code::limit_exceeded, "a document of " + std::to_string(bytes) + " bytes is over the limit of " +
                                              std::to_string(limits.document_bytes));
    }
    if (depth > limits.depth) {
        throw Error(Code::limit_exceeded, "a document nests deeper than " + std::to_string(limits.depth) + " levels");
    }
}

}  // namespace sheaf
