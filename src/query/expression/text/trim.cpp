#include "query/expression/text/trim.hpp"

#include <algorithm>
#include <vector>

#include "query/expression/text/code_points.hpp"

namespace sheaf::query {

namespace {

// As UTF-8, in order.
constexpr std::string_view white_space[] = {
    {"\0", 1},      "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84",
    "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A",
};

// `is_taken_off` judges one code point as UTF-8.
template <typename Judge>
std::string_view trimmed(std::string_view text, Sides sides, const Judge& is_taken_off) {
    while (sides != Sides::right && !text.empty()) {
        const std::size_t size = next_code_point(text, 0);
        if (!is_taken_off(text.substr(0, size))) break;
        text.remove_prefix(size);
    }
    while (sides != Sides::left && !text.empty()) {
        std::size_t begin = text.size() - 1;
        while (begin > 0 && is_continuation(text[begin])) --begin;
        if (!is_taken_off(text.substr(begin))) break;
        text = text.substr(0, begin);
    }
    return text;
}

}  // namespace

std::string_view trim(std::string_view text, Sides sides) {
    return trimmed(text, sides, [](std::string_view c) {
        return std::binary_search(std::begin(white_space), std::end(white_space), c);
    });
}

std::string_view trim(std::string_view text, std::string_view characters, Sides sides) {
    std::vector<std::string_view> set;
    for (std::size_t at = 0; at < characters.size();) {
        const std::size_t end = next_code_point(characters, at);
        set.push_back(characters.substr(at, end - at));
        at = end;
    }
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
    return trimmed(text, sides, [&](std::string_view c) { return std::binary_search(set.begin(), set.end(), c); });
}

}  // namespace sheaf::query
