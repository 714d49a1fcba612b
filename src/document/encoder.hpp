// Writes deterministic CBOR, the encoding of every value in sheaf. Format: docs/formats/cbor.md.
//
// The caller says how many elements or members follow; the Encoder checks nothing, so it is for code that knows what it
// writes. Threads: one at a time.
#pragma once

#include <cstdint>
#include <string_view>

#include <sheaf/bytes.hpp>
#include <sheaf/limits.hpp>
#include <sheaf/types.hpp>
#include <sheaf/value.hpp>

namespace sheaf {

// Tags of sheaf's own types, a block that is unassigned at IANA. Reserved ones are refused by name until they come.
namespace tag {
inline constexpr std::uint64_t datetime = 21320;      // int: milliseconds since 1970
inline constexpr std::uint64_t object_id = 21321;     // 12 bytes
inline constexpr std::uint64_t long_integer = 21322;  // int that fits 32 bits but is a MongoDB long
inline constexpr std::uint64_t first_reserved = 21323;
inline constexpr std::uint64_t decimal128 = 21323;
inline constexpr std::uint64_t timestamp = 21324;
inline constexpr std::uint64_t regex = 21325;
inline constexpr std::uint64_t min_key = 21326;
inline constexpr std::uint64_t max_key = 21327;
inline constexpr std::uint64_t binary_subtype = 21328;
inline constexpr std::uint64_t last_reserved = 21328;
}  // namespace tag

enum class Major : std::uint8_t { unsigned_integer, negative_integer, bytes, text, array, map, tag, simple };

class Encoder {
public:
    explicit Encoder(Bytes& out) : out_(out) {}

    // The shortest form.
    void head(Major major, std::uint64_t argument) {
        if (argument >= 24) return long_head(major, argument);
        out_.push_back(static_cast<char>(static_cast<unsigned>(major) << 5 | static_cast<unsigned>(argument)));
    }
    void null() { out_.push_back(static_cast<char>(0xF6)); }
    void boolean(bool value) { out_.push_back(static_cast<char>(value ? 0xF5 : 0xF4)); }
    void integer(std::int64_t value) {
        if (value >= 0) return head(Major::unsigned_integer, static_cast<std::uint64_t>(value));
        head(Major::negative_integer, ~static_cast<std::uint64_t>(value));
    }
    void integer(Integer value);
    void number(double value);  // the shortest float with the same value; one NaN
    void string(std::string_view text) { head(Major::text, text.size()), out_.append(text); }
    void bytes(BytesView bytes) { head(Major::bytes, bytes.size()), out_.append(bytes); }
    void datetime(DateTime time);
    void object_id(const ObjectId& id);
    void begin_array(std::uint64_t elements) { head(Major::array, elements); }
    void begin_object(std::uint64_t members) { head(Major::map, members); }
    void key(std::string_view key) { string(key); }
    void raw(BytesView encoded) { out_.append(encoded); }
    void value(const Value& value);
    void object(const Object& object);

    Bytes& out() { return out_; }

private:
    void long_head(Major major, std::uint64_t argument);
    void head_of_width(Major major, std::uint8_t info, std::uint64_t argument);

    Bytes& out_;
};

Bytes encode(const Value& value);

// Walks a tree before it is encoded: throws invalid_document, duplicate_field or limit_exceeded for what a document
// cannot hold (invalid UTF-8, too deep, equal keys, objects that JSON would read as Extended JSON).
void check_value(const Value& value, const Limits& limits);

}  // namespace sheaf
