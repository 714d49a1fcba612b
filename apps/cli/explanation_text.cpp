#include "explanation_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "text.hpp"

namespace sheaf::cli {

namespace {

// "1 key", "2 keys"
std::string counted(std::int64_t number, std::string_view what) {
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string title(const AccessPath& path) {
    switch (path.kind) {
        case AccessPath::Kind::scan:
            return "all documents, " + path.direction;
        case AccessPath::Kind::ids:
            return "by _id";
        case AccessPath::Kind::index:
            return fmt::format("index {} {}, {}", path.index, path.keys.to_json(), path.direction);
    }
    return "";
}

class Lines {
public:
    void add(std::string_view label, std::string_view text) {
        if (text.empty()) return;
        fmt::format_to(std::back_inserter(text_), "{:<13}{}\n", label, escape_controls(text));
    }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

void add_path(Lines& lines, const AccessPath& path, bool first) {
    lines.add(first ? "plan" : "and", title(path));
    for (const std::string& bounds : path.bounds) lines.add("", bounds);
    if (!path.pushed.empty()) {
        lines.add("", "in the backend: " + path.pushed + (path.pushed_whole ? "" : ", a part of the filter"));
    }
    if (path.kind == AccessPath::Kind::scan) return;
    std::string cost = counted(path.ranges, path.kind == AccessPath::Kind::ids ? "id" : "range");
    if (path.estimated >= 0) cost += fmt::format(", about {} expected", path.estimated);
    lines.add("", cost + (path.exact ? ", nothing left to check" : ", the filter checks the documents"));
}

void add_considered(Lines& lines, const Explanation& how) {
    std::vector<Explanation::Considered> others = how.considered;
    std::erase_if(others, [&](const auto& other) {  // some branch of an $or may use it
        return std::any_of(how.paths.begin(), how.paths.end(),
                           [&](const auto& path) { return path.index == other.index; });
    });
    std::size_t width = 0;
    for (const auto& other : others) width = std::max(width, other.index.size());
    std::string_view label = "not used";
    for (const auto& other : others) {
        std::string text = fmt::format("{:<{}}  {}", other.index, width, other.verdict);
        if (other.estimated >= 0) text += fmt::format(" (about {})", other.estimated);
        lines.add(std::exchange(label, ""), text);
    }
}

}  // namespace

std::string explanation_text(const Explanation& how) {
    Lines lines;
    for (const AccessPath& path : how.paths) add_path(lines, path, &path == how.paths.data());
    lines.add("why", how.reason);
    lines.add("narrowed by", how.narrowed_by);
    lines.add("sort", how.sort);
    lines.add("examined", counted(how.keys_examined, "key") + ", " + counted(how.documents_examined, "document"));
    lines.add("returned", counted(how.returned, "document"));
    lines.add("time", fmt::format("{:.3f} ms", std::chrono::duration<double, std::milli>(how.time).count()));
    add_considered(lines, how);
    if (how.verified) lines.add("verified", *how.verified ? "the same without indexes" : how.difference);
    return lines.text();
}

}  // namespace sheaf::cli
