// SHA-256, for telling byte strings apart by a few bytes, even those that were made to collide.
//
// Threads: a free function; a Sha256Stream serves one at a time.
#pragma once

#include <array>
#include <memory>

#include <sheaf/bytes.hpp>

struct evp_md_ctx_st;

namespace sheaf {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(BytesView bytes);

// The same of bytes that come in pieces, again and again, at less cost for short ones.
class Sha256Stream {
public:
    Sha256Stream();
    void add(BytesView bytes);
    Sha256 finish();  // of what was added since it was made or last finished

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace sheaf
