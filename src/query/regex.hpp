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
#include <string>
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

    // MongoDB's numbers for a pattern that cannot be compiled and for an unknown option: those of filters, unless the
    // caller has its own.
    struct Numbers {
        int pattern = 51091;
        int options = 51108;
    };

    // Options as MongoDB has them: i, m, s, x and u (which changes nothing), in any order. Throws invalid_argument, or
    // limit_exceeded (still with the pattern's number) where the pattern is too long.
    static Regex compile(std::string_view pattern, std::string_view options, const Limits& limits, Numbers numbers);
    static Regex compile(std::string_view pattern, std::string_view options, const Limits& limits) {
        return compile(pattern, options, limits, Numbers());
    }

    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;
    ~Regex();

    // What every text that matches begins with, as far as the pattern shows it: "ab" of "^ab.*c"; empty if in doubt.
    std::string literal_prefix() const;

    // Both throw limit_exceeded when a search takes more than limits.regex_steps or too much memory.
    bool matches(std::string_view text) const;
    // The first match that begins at `from` or later. REQUIRES: `from` is 0, or the text has been searched from 0
    // before (which checks that it is UTF-8).
    std::optional<Found> find(std::string_view text, std::size_t from) const;

private:
    struct State;
    explicit Regex(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sheaf::query
