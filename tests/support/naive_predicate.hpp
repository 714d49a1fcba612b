// What <sheaf/predicate.hpp> says in words, done word by word, for a backend of tests.
//
// Threads: free functions. Lifetimes: views borrow the document.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <sheaf/predicate.hpp>
#include <sheaf/view.hpp>

namespace sheaf::testing_support {

// REQUIRES: numbers in the document are finite.
bool naively_holds(const Predicate& predicate, View document);

// The one value that a path without arrays leads to, maybe a missing one; nothing where an array is on it.
std::optional<View> plain_value(View document, std::span<const std::string> path);

// Whether a NaN or an infinity is anywhere in it.
bool has_odd_number(View value);

// Throws `internal` for a path that no backend may be asked about.
void check_path(std::span<const std::string> path);

}  // namespace sheaf::testing_support
