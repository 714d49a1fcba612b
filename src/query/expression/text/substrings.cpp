#include "query/expression/text/substrings.hpp"

#include <algorithm>
#include <limits>

#include "query/expression/conversion/value_text.hpp"
#include "query/expression/numbers/integers.hpp"
#include "query/expression/numbers/whole_number.hpp"
#include "query/expression/text/code_points.hpp"
#include "query/expression/text/text_search.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

void require_number(View value, int mongo, std::string_view op, std::string_view which) {
    if (value.is_number()) return;
    fail_expression(mongo, op, "takes a number as " + std::string(which) + ", not " + describe(value));
}

// $substrBytes takes fractions and cuts them off.
std::int64_t require_truncated(View number, std::string_view op) {
    const std::optional<std::int64_t> whole = truncated(number);
    if (!whole) fail_expression(31109, op, "cannot use " + describe(number) + " as a position");
    return *whole;
}

std::int64_t require_int32(View value, int mongo, std::string_view op, std::string_view which) {
    if (const std::optional<std::int32_t> whole = whole_number(value)) return *whole;
    fail_expression(mongo, op, "takes a 32-bit integer as " + std::string(which) + ", not " + describe(value));
}

// What $indexOfBytes and $indexOfCP have in common: which part of which text to search for what.
struct IndexArguments {
    std::string_view text;
    std::string_view wanted;
    std::size_t begin = 0;
    std::size_t end = std::numeric_limits<std::size_t>::max();
};

std::size_t require_index(View value, std::string_view op, std::string_view which) {
    const std::int64_t index = require_int32(value, 40096, op, which);
    if (index < 0) fail_expression(40097, op, "takes no negative number as " + std::string(which));
    return static_cast<std::size_t>(index);
}

// REQUIRES: the first argument is not null or missing.
IndexArguments read_index_arguments(Arguments arguments, std::string_view op, int no_text, int no_wanted,
                                    Evaluation& evaluation) {
    IndexArguments read;
    read.text = required_text(arguments[0], no_text, op, "the text");
    read.wanted = required_text(arguments[1], no_wanted, op, "the text to find");
    if (arguments.size() > 2) read.begin = require_index(arguments[2], op, "the first position");
    if (arguments.size() > 3) read.end = require_index(arguments[3], op, "the last position");
    charge_for(read.text, evaluation);
    charge_for(read.wanted, evaluation);
    return read;
}

}  // namespace

View substring_bytes(Evaluation& evaluation, Arguments arguments) {
    constexpr std::string_view op = "$substrBytes";
    std::string buffer;
    const std::string_view text = coerced_text(arguments[0], op, buffer);
    require_number(arguments[1], 16034, op, "the first byte");
    require_number(arguments[2], 16035, op, "the number of bytes");
    const std::int64_t begin = require_truncated(arguments[1], op);
    const std::int64_t count = require_truncated(arguments[2], op);
    if (begin < 0) fail_expression(50752, op, "takes no negative number as the first byte");
    const auto from = static_cast<std::uint64_t>(begin);
    if (from >= text.size()) return evaluation.scratch().string({});
    if (is_continuation(text[from])) fail_expression(28656, op, "cannot begin in the middle of a character");
    const std::uint64_t left = text.size() - from;
    const std::uint64_t taken = count < 0 ? left : std::min(left, static_cast<std::uint64_t>(count));
    if (taken < left && is_continuation(text[from + taken])) {
        fail_expression(28657, op, "cannot end in the middle of a character");
    }
    return evaluation.scratch().string(text.substr(from, taken));
}

View substring_code_points(Evaluation& evaluation, Arguments arguments) {
    constexpr std::string_view op = "$substrCP";
    constexpr std::string_view first = "the first code point";
    constexpr std::string_view number = "the number of code points";
    std::string buffer;
    const std::string_view text = coerced_text(arguments[0], op, buffer);
    require_number(arguments[1], 34450, op, first);
    const std::int64_t begin = require_int32(arguments[1], 34451, op, first);
    require_number(arguments[2], 34452, op, number);
    const std::int64_t count = require_int32(arguments[2], 34453, op, number);
    if (count < 0) fail_expression(34454, op, "takes no negative number as " + std::string(number));
    if (begin < 0) fail_expression(34455, op, "takes no negative number as " + std::string(first));
    charge_for(text, evaluation);
    const std::size_t from = advance_code_points(text, 0, static_cast<std::size_t>(begin));
    const std::size_t to = advance_code_points(text, from, static_cast<std::size_t>(count));
    return evaluation.scratch().string(text.substr(from, to - from));
}

View index_of_bytes(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    const IndexArguments read = read_index_arguments(arguments, "$indexOfBytes", 40091, 40092, evaluation);
    const std::size_t end = std::min(read.end, read.text.size());
    if (read.begin > end) return evaluation.scratch().integer(-1);
    const std::size_t found = TextSearch(read.wanted).find(read.text.substr(0, end), read.begin);
    return evaluation.scratch().integer(found == std::string_view::npos ? -1 : static_cast<std::int64_t>(found));
}

// Unlike $indexOfBytes, it finds what begins before the end but does not end there, and nothing at the end.
View index_of_code_point(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    const IndexArguments read = read_index_arguments(arguments, "$indexOfCP", 40093, 40094, evaluation);
    Scratch& scratch = evaluation.scratch();
    if (read.text.empty() && read.wanted.empty() && read.begin == 0) return scratch.integer(0);
    const std::size_t from = advance_code_points(read.text, 0, read.begin);
    if (from >= read.text.size()) return scratch.integer(-1);
    const std::size_t found = TextSearch(read.wanted).find(read.text, from);
    if (found == std::string_view::npos) return scratch.integer(-1);
    const std::size_t index = read.begin + count_code_points(read.text.substr(from, found - from));
    return scratch.integer(index < read.end ? static_cast<std::int64_t>(index) : -1);
}

}  // namespace sheaf::query
