// Options that several commands have, and that sheaf takes only in part: refused by name where they would change the
// answer, never ignored.
//
// Threads: free functions.
#pragma once

#include <string>
#include <string_view>

#include <sheaf/database.hpp>
#include <sheaf/view.hpp>

namespace sheaf::commands {

// The only index is that of _id, so that only it, and the natural order, can be hinted at.
class Hint {
public:
    Hint() = default;  // none
    // Throws FailedToParse (9) for what cannot be a hint.
    explicit Hint(View hint);
    // Throws invalid_argument (2) for an index that is not there; a collection that is not there needs none.
    void check(const Database& database, const std::string& collection, const Control& control) const;

private:
    bool is_known_ = true;
};

// The simple collation alone. Throws unsupported.
void check_collation(View collation);
// Throws unsupported.
[[noreturn]] void refuse_option(std::string_view name);

}  // namespace sheaf::commands
