// Byte strings. Bytes owns, BytesView borrows; both compare bytewise (unsigned), like memcmp.
//
// std::string is used for bytes because it is contiguous, has small-buffer storage, and orders by unsigned char.
#pragma once

#include <string>
#include <string_view>

namespace sheaf {

using Bytes = std::string;
using BytesView = std::string_view;

}  // namespace sheaf
