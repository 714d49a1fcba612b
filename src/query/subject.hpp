// What filters, sorts and expressions look at: a document and the system fields beside it.
// Lifetime: a Subject borrows the document's bytes.
#pragma once

#include <string_view>

#include <sheaf/types.hpp>
#include <sheaf/view.hpp>

namespace sheaf::query {

// The system fields, which filters and sorts may name as if they were in the document.
struct SystemFields {
    Version version;
    DateTime created;
    DateTime updated;
    bool archived = false;
};

enum class SystemField { none, version, created, updated, archived };
SystemField system_field(std::string_view first_path_part);

// A document as filters and sorts see it.
struct Subject {
    View document;
    SystemFields system;
};

}  // namespace sheaf::query
