// What a table may be called, on backends that keep tables under their names.
//
// Threads: free functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace sheaf::driver {

inline constexpr std::size_t max_table_name_bytes = 255;

bool is_table_name_byte(char c);

// Letters, digits, "_", "-" and ".", at most max_table_name_bytes of them. Throws invalid_name.
void check_table_name(std::string_view name);

}  // namespace sheaf::driver
