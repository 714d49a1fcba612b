// Base64 (RFC 4648 section 4), strict: padded, no white space, no bits beyond the last byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sheaf/bytes.hpp>

namespace sheaf {

void append_base64(std::string& out, BytesView bytes);
std::optional<Bytes> decode_base64(std::string_view text);

}  // namespace sheaf
