#include "query/expression/text/text_search.hpp"

#include <algorithm>
#include <functional>

namespace sheaf::query {

namespace {

// The standard search may compare this many bytes at each place.
constexpr std::size_t longest_short = 32;

}  // namespace

TextSearch::TextSearch(std::string_view wanted) : wanted_(wanted), is_long_(wanted.size() > longest_short) {
    if (!is_long_) return;
    const Suffix up = maximal_suffix(std::less<char>());
    const Suffix down = maximal_suffix(std::greater<char>());
    suffix_ = up.begin > down.begin ? up : down;
    is_periodic_ = wanted_.substr(suffix_.period).starts_with(wanted_.substr(0, suffix_.begin));
    if (!is_periodic_) suffix_.period = std::max(suffix_.begin, wanted_.size() - suffix_.begin) + 1;
}

// The critical factorization: the suffix that is greatest in `order`.
template <typename Order>
TextSearch::Suffix TextSearch::maximal_suffix(Order order) const {
    Suffix best{0, 1};
    std::size_t candidate = 1;
    std::size_t same = 0;  // leading bytes that the candidate and the best suffix have in common
    while (candidate + same < wanted_.size()) {
        const char a = wanted_[candidate + same];
        const char b = wanted_[best.begin + same];
        if (order(a, b)) {
            candidate += same + 1;
            same = 0;
            best.period = candidate - best.begin;
        } else if (a != b) {
            best = {candidate, 1};
            ++candidate;
            same = 0;
        } else if (++same == best.period) {
            candidate += same;
            same = 0;
        }
    }
    return best;
}

// Compares from the suffix on, or from `known` where that is later.
bool TextSearch::right_part_matches(std::string_view text, std::size_t at, std::size_t known,
                                    std::size_t& mismatch) const {
    mismatch = std::max(suffix_.begin, known);
    while (mismatch < wanted_.size() && wanted_[mismatch] == text[at + mismatch]) ++mismatch;
    return mismatch == wanted_.size();
}

std::size_t TextSearch::find_long(std::string_view text, std::size_t from) const {
    // No shift is longer than the wanted text, so that `at` never passes the end.
    std::size_t known = 0;  // leading bytes that are known to match: what a shift by the period keeps
    for (std::size_t at = from; text.size() - at >= wanted_.size();) {
        std::size_t mismatch = 0;
        if (!right_part_matches(text, at, known, mismatch)) {
            at += mismatch - suffix_.begin + 1;
            known = 0;
            continue;
        }
        std::size_t left = suffix_.begin;
        while (left > known && wanted_[left - 1] == text[at + left - 1]) --left;
        if (left <= known) return at;
        at += suffix_.period;
        known = is_periodic_ ? wanted_.size() - suffix_.period : 0;
    }
    return std::string_view::npos;
}

std::size_t TextSearch::find(std::string_view text, std::size_t from) const {
    return is_long_ ? find_long(text, from) : text.find(wanted_, from);
}

}  // namespace sheaf::query
