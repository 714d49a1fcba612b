// What every parse function of the language is told: the limits, and the names that expressions may use beside the
// document's fields.
//
// Lifetime: borrows both for the call. Limits convert, so that callers without variables pass them alone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sheaf/bytes.hpp>
#include <sheaf/limits.hpp>
#include <sheaf/types.hpp>

namespace sheaf::query {

// Constant for one command: $$NOW, and the variables of its `let`, already evaluated (encoded values).
struct Bindings {
    DateTime now;
    std::vector<std::pair<std::string, Bytes>> variables{};
};

struct Settings {
    Settings(const Limits& limits_, const Bindings* bindings_ = nullptr) : limits(limits_), bindings(bindings_) {}

    const Limits& limits;
    const Bindings* bindings;  // null: no variables, and $$NOW is refused
    // Whether _version and its like are the system fields of a collection's documents, or fields like any other, as in
    // the documents of an aggregation.
    bool has_system_fields = true;
};

}  // namespace sheaf::query
