// Options that several commands have, and that sheaf takes only in part: refused by name where they would change the
// answer, never ignored.
//
// Threads: free functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sheaf/database.hpp>
#include <sheaf/view.hpp>

namespace sheaf::commands {

// The index that a statement wants to be used: by its name, by its keys, or {"$natural": 1} for none.
class Hint {
public:
    Hint() = default;  // none
    // Throws FailedToParse (9) for what cannot be a hint.
    explicit Hint(View hint);
    // As the options of a Collection's calls take it. Throws invalid_argument (2) for an index that is not there; a
    // collection that is not there needs none.
    std::string resolved(const Database& database, const std::string& collection, const Control& control) const;

private:
    std::optional<std::string> name_{};
    Document keys_{};
};

// The simple collation alone. Throws unsupported.
void check_collation(View collation);
// Throws unsupported.
[[noreturn]] void refuse_option(std::string_view name);

}  // namespace sheaf::commands
