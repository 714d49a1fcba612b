#include "driver/table_name.hpp"

#include <algorithm>
#include <string>

#include <sheaf/error.hpp>

namespace sheaf::driver {

bool is_table_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
}

void check_table_name(std::string_view name) {
    if (name.empty()) throw Error(Code::invalid_name, "a table's name is empty");
    if (name.size() > max_table_name_bytes) {
        throw Error(Code::invalid_name,
                    "a table's name has more than " + std::to_string(max_table_name_bytes) + " bytes");
    }
    if (!std::all_of(name.begin(), name.end(), is_table_name_byte)) {
        throw Error(Code::invalid_name, "a table's name may hold letters, digits, \"_\", \"-\" and \".\" only");
    }
}

}  // namespace sheaf::driver
