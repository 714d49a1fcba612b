// Regex: a compiled pattern over UTF-8 text, for $regex, pattern properties of $jsonSchema and the $regex...
// expressions. PCRE2, as in MongoDB, with limits on the pattern's size and on the steps and the memory of one search.
//
// Threads: immutable after compile(); searches may run from any thread.
//
//     Regex regex = Regex::compile("^k.*o$", "i", limits);
//     if (regex.matches("Kyoto")) ...
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <sheaf/limits.hpp>

namespace sheaf::query {

class Regex {
public:
    // A part of the searched text, in bytes.
    struct Range {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    struct Found {
        Range whole;
        std::vector<std::optional<Range>> groups;  // absent: the group took no part
    };

    // Options as MongoDB has them: i, m, s, x and u (which changes nothing), in any order. Throws invalid_argument with
    // MongoDB's number 51091 (pattern), 51108 (options), limit_exceeded (size of the pattern).
    static Regex compile(std::string_view pattern, std::string_view options, const Limits& limits);

    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;
    ~Regex();

    // Both throw limit_exceeded when a search takes more than limits.regex_steps.
    bool matches(std::string_view text) const;
    // The first match that begins at `from` or later.
    std::optional<Found> find(std::string_view text, std::size_t from) const;

private:
    struct State;
    explicit Regex(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sheaf::query
