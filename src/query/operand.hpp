// What filters, updates, projections and sorts share when they read their operands: paths, truth, words for messages.
#pragma once

#include <string>
#include <string_view>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>
#include <sheaf/limits.hpp>

#include "document/path.hpp"

namespace sheaf::query {

// MongoDB's truth: false, null and zero are false, everything else is true.
bool is_true(View value);

// "an integer", "null", ...
std::string with_article(Type type);
// A value for a message: "the string \"abc\"", "the integer 5", "an array".
std::string describe(View value);

inline bool is_operator(std::string_view key) {
    return key.starts_with('$');
}

// Throws limit_exceeded for too many parts. `what` is "filter", "update", ...
Path parse_path(std::string_view text, const Limits& limits);
bool has_empty_part(const Path& path);

// Throws limit_exceeded when a filter, update, projection or sort is too large to be looked at.
void check_size(const Document& document, std::string_view what, const Limits& limits);

[[noreturn]] void fail(Code code, std::string_view message, std::string_view path, std::string_view op = {});
// With MongoDB's number for the mistake, where that is finer than the code's own.
[[noreturn]] void fail(Code code, int mongo, std::string_view message, std::string_view path, std::string_view op = {});

}  // namespace sheaf::query
