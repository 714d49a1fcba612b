// Small strong types that appear in every interface.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <sheaf/bytes.hpp>

namespace sheaf {

// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds. May be negative.
struct DateTime {
    std::int64_t ms = 0;
    auto operator<=>(const DateTime&) const = default;
};

// MongoDB's 12-byte object id.
struct ObjectId {
    std::array<unsigned char, 12> bytes{};
    auto operator<=>(const ObjectId&) const = default;
    std::string hex() const;                         // 24 lower-case hexadecimal digits
    static ObjectId from_hex(std::string_view hex);  // throws invalid_document
};

// A byte string as a value (BSON's binary, subtype 0).
struct Binary {
    Bytes bytes;
    auto operator<=>(const Binary&) const = default;
};

// How often a document has been changed; the first version is 1.
struct Version {
    std::int64_t value = 0;
    auto operator<=>(const Version&) const = default;
};

// The types of values, in MongoDB's order of comparison (integer and number compare by value, as one type).
enum class Type : std::uint8_t {
    missing,
    null,
    integer,  // int64; MongoDB's int or long
    number,   // double
    string,
    object,
    array,
    bytes,
    object_id,
    boolean,
    datetime,
};

std::string_view name(Type type);

}  // namespace sheaf
