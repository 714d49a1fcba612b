#include "json_pointer.hpp"

#include "failure.hpp"

namespace sheaf::cli {

namespace {

std::string unescape(std::string_view token) {
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] != '~') {
            out.push_back(token[i]);
            continue;
        }
        const char next = i + 1 < token.size() ? token[i + 1] : '\0';
        if (next != '0' && next != '1') {
            throw UsageError("--pointer: \"~\" in a JSON Pointer is written ~0, and \"/\" in a name ~1");
        }
        out.push_back(next == '0' ? '~' : '/');
        ++i;
    }
    return out;
}

}  // namespace

std::vector<std::string> parse_json_pointer(std::string_view text) {
    std::vector<std::string> tokens;
    if (text.empty()) return tokens;
    if (text.front() != '/') throw UsageError("--pointer: a JSON Pointer begins with \"/\", such as /3166-1");
    while (!text.empty()) {
        text.remove_prefix(1);
        const std::string_view token = text.substr(0, text.find('/'));
        tokens.push_back(unescape(token));
        text.remove_prefix(token.size());
    }
    return tokens;
}

}  // namespace sheaf::cli
