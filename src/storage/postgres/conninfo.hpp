// Conninfo: what libpq is told about a server, parameter by parameter.
//
// Threads: values and free functions.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::postgres {

// A libpq parameter and its value; only those that say something.
using Conninfo = std::map<std::string, std::string, std::less<>>;

// Of a postgresql: URL, or of what text_of() gives. Throws invalid_url with libpq's words, which may repeat parts of
// the text.
Conninfo parse_conninfo(const std::string& text);
// As keyword='value' pairs.
std::string text_of(const Conninfo& conninfo);
// "": it says nothing.
std::string_view value_of(const Conninfo& conninfo, std::string_view keyword);

// One for each host that it names, in the order in which they are to be tried. Each says one target_session_attrs: for
// prefer-standby every host is asked for a standby first, and then once more for any server.
std::vector<Conninfo> attempts(const Conninfo& conninfo);

}  // namespace sheaf::postgres
