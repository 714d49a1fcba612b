// JSON Pointer, RFC 6901: "/a~1b/0" names the first element of the member "a/b".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sheaf::cli {

// The unescaped reference tokens; none for "". Throws UsageError.
std::vector<std::string> parse_json_pointer(std::string_view text);

}  // namespace sheaf::cli
