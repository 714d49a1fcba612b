// English names in dates. Threads: constant data.
#pragma once

#include <cstddef>
#include <string_view>

namespace sheaf::query {

inline constexpr std::string_view month_names[] = {"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
inline constexpr std::string_view day_names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                 "Friday", "Saturday", "Sunday"};
inline constexpr std::size_t short_name_size = 3;  // "Jan", "Mon"

constexpr char lower_letter(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_letter(char c) {
    return lower_letter(c) >= 'a' && lower_letter(c) <= 'z';
}
// Without regard to case, in ASCII.
constexpr bool same_letters(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower_letter(a[i]) != lower_letter(b[i])) return false;
    }
    return true;
}

}  // namespace sheaf::query
