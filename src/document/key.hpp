// The order-preserving key encoding: comparing two encoded values with memcmp gives the same answer as compare() on the
// values. Used for _id, sort keys and indexes. Format: docs/formats/keys.md.
//
// Equivalent values (5 and 5.0, 0.0 and -0.0) have equal keys; a key cannot be decoded to the exact value.
// A sequence of encoded values compares like the sequence of values.
#pragma once

#include <string_view>

#include <sheaf/bytes.hpp>
#include <sheaf/limits.hpp>
#include <sheaf/view.hpp>

namespace sheaf {

// First byte of each encoded value. Gaps are reserved for types to come.
namespace key_tag {
inline constexpr unsigned char end = 0x00;      // ends arrays and objects; below every value
inline constexpr unsigned char closing = 0x01;  // ends the inverted key of a descending field
inline constexpr unsigned char missing = 0x08;
inline constexpr unsigned char min_key = 0x0C;  // reserved
inline constexpr unsigned char null = 0x10;
inline constexpr unsigned char number = 0x20;
inline constexpr unsigned char string = 0x30;
inline constexpr unsigned char object = 0x40;
inline constexpr unsigned char array = 0x50;
inline constexpr unsigned char bytes = 0x60;
inline constexpr unsigned char object_id = 0x70;
inline constexpr unsigned char boolean = 0x80;
inline constexpr unsigned char datetime = 0x90;
inline constexpr unsigned char timestamp = 0xA0;  // reserved
inline constexpr unsigned char regex = 0xB0;      // reserved
inline constexpr unsigned char max_key = 0xF0;    // reserved
}  // namespace key_tag

unsigned char key_tag_of(Type type);

void append_key(Bytes& out, View value);
Bytes encode_key(View value);

// The key of a field that is sorted ascending, as above, or descending: then inverted bit by bit and closed by 01.
// A sequence of directed keys compares as the fields ask. The closing byte is for the one case where a key is the
// beginning of another: "a" is 30 61 00, "a\0" is 30 61 00 FF 00. What follows "a" decides. Ascending that is a tag,
// inverted or not, or the end, all below FF. Descending it has to be above the inverted FF, which is 00: 01 is.
void append_directed_key(Bytes& out, View value, bool descending);
// Turns the ascending key that begins there into a descending one.
void invert_key(Bytes& out, std::size_t begin);

// The key of an _id: any scalar whose key has at most limits.id_bytes. Throws invalid_id.
Bytes encode_id(View id, const Limits& limits);

// A string's key is its tag, its bytes with 00 written as 00 FF, and a closing 00.
bool is_string_key(BytesView key);
std::string decode_string_key(BytesView key);  // REQUIRES: is_string_key(key)
Bytes encode_string_key(std::string_view text);

}  // namespace sheaf
