// Says where and why a text is not JSON that sheaf reads. Asked only after simdjson has refused the text, which gives
// no position; strict in the same way, and as strict, so that it finds what simdjson found.
//
// Hostile input: no recursion; time and memory are linear in the text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <sheaf/error.hpp>

namespace sheaf {

struct JsonFault {
    std::size_t offset = 0;
    std::string what;
    Code code = Code::invalid_json;  // limit_exceeded for nesting beyond `depth`
};

// The first fault, or nothing when the text is one JSON value whose integers fit int64, whose other numbers fit a
// double, and which is nested at most `depth` levels, the brackets of one Extended JSON value not counted.
std::optional<JsonFault> find_json_fault(std::string_view text, std::size_t depth);

// Throws the first fault with line and column (1-based, the column in bytes).
[[noreturn]] void throw_json_fault(std::string_view text, std::size_t depth);

}  // namespace sheaf
