// Conversions between types: what $convert and its short forms ($toInt, ...) can convert to, and how.
//
// Threads: free functions over constant tables.
//
//     const ConversionTarget* target = find_conversion_target("int");
//     View number = target->convert({scratch, "$toInt", View(text)});
#pragma once

#include <cstdint>
#include <string_view>

#include "query/expression/expression.hpp"

namespace sheaf::query {

inline constexpr int conversion_failure = 241;  // MongoDB's number for a value that cannot be converted

struct Conversion {
    Scratch& scratch;
    std::string_view op;  // for messages
    View input;           // neither null nor missing
    // What only conversions from and to bytes look at, unchecked.
    View format{};      // null or missing: not given
    View byte_order{};  // null or missing: little
    View subtype{};     // null or missing: 0
};

// Throws conversion_failure.
[[noreturn]] void fail_conversion(const Conversion& conversion, std::string_view why);

struct ConversionTarget {
    std::string_view name;  // MongoDB's
    std::int64_t code;      // MongoDB's
    View (*convert)(const Conversion& conversion);
};

// Null when there is no such type.
const ConversionTarget* find_conversion_target(std::string_view name);
const ConversionTarget* find_conversion_target(std::int64_t code);

// The conversions from and to bytes, in binary_conversion.cpp.
View convert_to_bytes(const Conversion& conversion);
View convert_bytes_to_string(const Conversion& conversion);
std::int64_t convert_bytes_to_integer(const Conversion& conversion, std::size_t largest);  // of 1, 2, 4 or 8 bytes
double convert_bytes_to_double(const Conversion& conversion);

}  // namespace sheaf::query
