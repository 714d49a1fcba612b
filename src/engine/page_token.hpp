// The tokens of pages: where in the order of a sort a page ends.
//
// A token is base64url text of: a byte of version (1), 8 bytes of SHA-256 over the sort and the rest, and of each of
// the sort's values and the _id the key (document/key.hpp), preceded by its length as 4 bytes big-endian. Whoever can
// make a token of his own can begin a page where he likes, and nothing else.
//
// Threads: free functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sheaf/document.hpp>

namespace sheaf::engine {

std::string encode_page_token(const Document& sort, const std::vector<Bytes>& value_keys);
// `count`: how many keys there have to be. Throws invalid_argument for what is damaged or belongs to another sort.
std::vector<Bytes> decode_page_token(const Document& sort, std::string_view token, std::size_t count);

}  // namespace sheaf::engine
