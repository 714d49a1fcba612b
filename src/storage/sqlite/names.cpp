#include "storage/sqlite/names.hpp"

#include <algorithm>

#include <sheaf/error.hpp>

namespace sheaf::sqlite {

namespace {

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
char to_lower(char c) {
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_kept_by_sqlite(std::string_view name) {
    constexpr std::string_view prefix = "sqlite_";
    return name.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), name.begin(), [](char a, char b) { return a == to_lower(b); });
}

// Hexadecimal, most significant digit first, without leading zeros; bit i is byte i of the name.
std::string case_mask(std::string_view name) {
    std::string digits;
    for (std::size_t from = 0; from < name.size(); from += 4) {
        unsigned digit = 0;
        for (std::size_t bit = 0; bit < 4 && from + bit < name.size(); ++bit) {
            if (is_upper(name[from + bit])) digit |= 1U << bit;
        }
        digits.push_back("0123456789abcdef"[digit]);
    }
    digits.erase(digits.find_last_not_of('0') + 1);
    std::reverse(digits.begin(), digits.end());
    return digits;
}

}  // namespace

std::string storage_name(std::string_view name) {
    check_table_name(name);
    std::string storage = is_kept_by_sqlite(name) ? "~" : "";
    storage.append(name);
    if (std::any_of(name.begin(), name.end(), is_upper)) storage.append("~").append(case_mask(name));
    return storage;
}

std::string quote_name(std::string_view storage_name) {
    const auto allowed = [](char c) { return driver::is_table_name_byte(c) || c == '~'; };
    if (storage_name.empty() || !std::all_of(storage_name.begin(), storage_name.end(), allowed)) {
        throw Error(Code::corrupt, "the catalog names a table that sheaf cannot have made");
    }
    return std::string("\"").append(storage_name).append("\"");
}

}  // namespace sheaf::sqlite
