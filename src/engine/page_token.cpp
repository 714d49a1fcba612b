#include "engine/page_token.hpp"

#include <algorithm>

#include <sheaf/error.hpp>

#include "base/hash.hpp"
#include "document/base64.hpp"

namespace sheaf::engine {

namespace {

constexpr char version = '\1';
constexpr std::size_t check_bytes = 8;
constexpr std::size_t length_bytes = 4;
constexpr std::size_t longest_token = 64U << 20;  // a sort may be by a value as long as a document

[[noreturn]] void refuse(std::string_view why) {
    throw Error(Code::invalid_argument,
                "the page token " + std::string(why) + "; take a page's \"next\" or \"previous\" as it is");
}

Bytes check_of(const Document& sort, BytesView keys) {
    const Sha256 hash = sha256(Bytes(1, version) + sort.cbor() + Bytes(keys));
    return Bytes(reinterpret_cast<const char*>(hash.data()), check_bytes);
}

Bytes take(BytesView& rest) {
    if (rest.size() < length_bytes) refuse("is damaged");
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) length = length << 8 | static_cast<unsigned char>(rest[i]);
    rest.remove_prefix(length_bytes);
    if (rest.size() < length) refuse("is damaged");
    Bytes key(rest.substr(0, length));
    rest.remove_prefix(length);
    return key;
}

}  // namespace

std::string encode_page_token(const Document& sort, const std::vector<Bytes>& value_keys) {
    Bytes keys;
    for (const Bytes& key : value_keys) {
        for (std::size_t shift = 8 * length_bytes; shift > 0; shift -= 8) {
            keys.push_back(static_cast<char>(key.size() >> (shift - 8)));
        }
        keys += key;
    }
    std::string text;
    append_base64(text, Bytes(1, version) + check_of(sort, keys) + keys);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    while (!text.empty() && text.back() == '=') text.pop_back();
    return text;
}

std::vector<Bytes> decode_page_token(const Document& sort, std::string_view token, std::size_t count) {
    if (token.size() > longest_token) refuse("is too long");
    std::string text(token);
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    while (text.size() % 4 != 0) text.push_back('=');
    const std::optional<Bytes> bytes = decode_base64(text);
    if (!bytes || bytes->size() <= check_bytes) refuse("is damaged");
    if (bytes->front() != version) refuse("was made by another version of sheaf");
    BytesView rest = BytesView(*bytes).substr(1 + check_bytes);
    if (BytesView(*bytes).substr(1, check_bytes) != check_of(sort, rest)) {
        refuse("is damaged, or was made for another sort");
    }
    std::vector<Bytes> keys;
    for (std::size_t i = 0; i < count; ++i) keys.push_back(take(rest));
    if (!rest.empty()) refuse("is damaged");
    return keys;
}

}  // namespace sheaf::engine
