#include "document/path.hpp"

#include <charconv>

namespace sheaf {

namespace {

std::optional<std::uint32_t> index_of(std::string_view part) {
    if (part.empty() || (part.size() > 1 && part[0] == '0')) return std::nullopt;
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
    return index;
}

}  // namespace

Path split_path(std::string_view text) {
    Path path;
    for (;;) {
        const std::size_t dot = text.find('.');
        const std::string_view part = text.substr(0, dot);
        path.push_back({std::string(part), index_of(part)});
        if (dot == std::string_view::npos) return path;
        text.remove_prefix(dot + 1);
    }
}

std::string join_path(const Path& path, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count && i < path.size(); ++i) {
        if (i > 0) text += '.';
        text += path[i].key;
    }
    return text;
}

}  // namespace sheaf
