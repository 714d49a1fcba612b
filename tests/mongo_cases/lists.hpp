// The checked-in lists: what sheaf leaves out on purpose, in groups with a reason each, and which cases are expected to
// fail. The format is in README.md.
//
// Threads: LeftOut is immutable once read.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mongo_cases/case.hpp"

namespace sheaf::mongo_cases {

// One line of a group; a case belongs to the group when one of its lines matches.
struct Pattern {
    enum class Of : std::uint8_t { id, text, command };
    Of of = Of::id;
    // Parts of the id or of the commands' text, all of which must be there, or the name of the command under test.
    std::vector<std::string> parts{};
};

struct Group {
    std::string name{};
    std::string reason{};
    bool counted = true;  // towards the tenth of an area that may be left out
    std::vector<Pattern> patterns{};
};

class LeftOut {
public:
    // Throws std::runtime_error for a line that cannot be understood.
    explicit LeftOut(const std::filesystem::path& file);
    // The group that a case belongs to, the first that matches; null: it is replayed.
    const Group* find(const Case& recorded, std::string_view line) const;
    const std::vector<Group>& groups() const { return groups_; }

private:
    std::vector<Group> groups_;
};

// A file with one id per line; # begins a comment.
std::set<std::string> read_ids(const std::filesystem::path& file);
void write_ids(const std::filesystem::path& file, const std::set<std::string>& ids);

}  // namespace sheaf::mongo_cases
