// Dotted paths such as "address.lines.0", split once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf {

struct PathPart {
    std::string key;
    std::optional<std::uint32_t> index;  // when the part is a number without leading zeros
    bool operator==(const PathPart&) const = default;
};

using Path = std::vector<PathPart>;

// Splits at dots. Empty parts are kept: what to do with them is the caller's to say.
Path split_path(std::string_view text);
std::string join_path(const Path& path, std::size_t count);  // the first `count` parts

}  // namespace sheaf
