#include "query/lowered_path.hpp"

#include <string_view>

#include "query/operand.hpp"

namespace sheaf::query {

namespace {

constexpr std::size_t most_keys = 64;
constexpr std::size_t most_bytes = 4096;

bool is_lowered(std::string_view key) {
    const bool is_number = key.find_first_not_of("0123456789") == std::string_view::npos;  // or empty
    return !is_number && !is_operator(key) && key.find('\0') == std::string_view::npos;
}

}  // namespace

std::optional<std::vector<std::string>> lowered_path(const Path& path) {
    if (path.empty() || path.size() > most_keys) return std::nullopt;
    std::vector<std::string> keys;
    std::size_t bytes = 0;
    for (const PathPart& part : path) {
        if (!is_lowered(part.key)) return std::nullopt;
        bytes += part.key.size();
        keys.push_back(part.key);
    }
    if (bytes > most_bytes) return std::nullopt;
    return keys;
}

}  // namespace sheaf::query
