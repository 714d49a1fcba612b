// System fields as filters and sorts read them.
#pragma once

#include <string_view>

#include <sheaf/bytes.hpp>

#include "query/subject.hpp"

namespace sheaf::query {

// The encoded value of a system field; short enough to stand inside the std::string, without an allocation.
Bytes encode_system_field(const SystemFields& fields, SystemField field);

}  // namespace sheaf::query
