// Options that several commands have, and that sheaf takes only in part: refused by name where they would change the
// answer, never ignored.
//
// Threads: free functions.
#pragma once

#include <string_view>

#include <sheaf/view.hpp>

namespace sheaf::commands {

// The only index is that of _id, so that only it, and the natural order, can be hinted at. Throws FailedToParse (9) for
// what cannot be a hint, and invalid_argument (2) for an index that is not there.
void check_hint(View hint);
// The simple collation alone. Throws unsupported.
void check_collation(View collation);
// Throws unsupported.
[[noreturn]] void refuse_option(std::string_view name);

}  // namespace sheaf::commands
