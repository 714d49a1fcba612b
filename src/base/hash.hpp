// SHA-256, for telling byte strings apart by a few bytes, even those that were made to collide.
//
// Threads: a free function.
#pragma once

#include <array>

#include <sheaf/bytes.hpp>

namespace sheaf {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(BytesView bytes);

}  // namespace sheaf
