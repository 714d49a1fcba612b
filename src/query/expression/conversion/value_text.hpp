// Values as text: how the string operators and $toString write what is no string.
//
// Threads: free functions.
#pragma once

#include <string>
#include <string_view>

#include <sheaf/view.hpp>

#include "query/expression/expression.hpp"

namespace sheaf::query {

// As $toString has it: the shortest digits that read back to the same number ("3", "0.1", "1e+16", "NaN", "-Infinity").
std::string number_text(double number);

// What $toUpper, $substr and their like make of an operand: strings as they are, numbers (doubles with six digits, as
// "1e+06") and dates as text, null and missing as an empty one. Throws MongoDB's 16007 for all others.
// What is made is kept in `buffer`, so that a string costs no copy.
std::string_view coerced_text(View value, std::string_view op, std::string& buffer);

// The string that `value` has to be, else throws `mongo`. `which` names the argument: "the first argument".
std::string_view required_text(View value, int mongo, std::string_view op, std::string_view which);

// Counts the work of walking through `text`, so that loops over long texts end.
inline void charge_for(std::string_view text, Evaluation& evaluation) {
    constexpr std::size_t bytes_per_step = 256;
    evaluation.charge(text.size() / bytes_per_step);
}

}  // namespace sheaf::query
