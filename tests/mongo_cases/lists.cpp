#include "mongo_cases/lists.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace sheaf::mongo_cases {

namespace {

std::vector<std::string> lines_of_list(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        line.erase(0, line.find_first_not_of(' '));
        if (!line.empty() && line.front() != '#') lines.push_back(line);
    }
    return lines;
}

// "first rest" -> first, and line keeps the rest.
std::string take_word(std::string& line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    std::string word = line.substr(0, end);
    line.erase(0, std::min(end + 1, line.size()));
    return word;
}

std::vector<std::string> parts_of(std::string_view text) {
    constexpr std::string_view between = " && ";
    std::vector<std::string> parts;
    for (std::size_t end = 0; (end = text.find(between)) != std::string_view::npos;) {
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(end + between.size());
    }
    parts.emplace_back(text);
    return parts;
}

bool matches(const Pattern& pattern, const Case& recorded, std::string_view commands) {
    if (pattern.of == Pattern::Of::command) return recorded.command_name() == pattern.parts.front();
    const std::string_view text = pattern.of == Pattern::Of::id ? std::string_view(recorded.id) : commands;
    return std::all_of(pattern.parts.begin(), pattern.parts.end(),
                       [&](const std::string& part) { return text.find(part) != std::string_view::npos; });
}

}  // namespace

LeftOut::LeftOut(const std::filesystem::path& file) {
    for (std::string line : lines_of_list(file)) {
        const std::string word = take_word(line);
        if (word == "group" || word == "uncounted") {
            const std::string name = take_word(line);
            if (line.empty()) throw std::runtime_error(file.string() + ": group " + name + " has no reason");
            groups_.push_back({.name = name, .reason = line, .counted = word == "group"});
            continue;
        }
        static const std::pair<std::string_view, Pattern::Of> kinds[] = {
            {"id", Pattern::Of::id}, {"text", Pattern::Of::text}, {"command", Pattern::Of::command}};
        const auto kind = std::find_if(std::begin(kinds), std::end(kinds), [&](auto& k) { return k.first == word; });
        if (kind == std::end(kinds) || line.empty() || groups_.empty()) {
            throw std::runtime_error(file.string() + ": not understood: " + word + " " + line);
        }
        groups_.back().patterns.push_back({kind->second, parts_of(line)});
    }
}

const Group* LeftOut::find(const Case& recorded, std::string_view line) const {
    const std::size_t begin = std::min(line.find(R"("commands":)"), line.size());
    const std::string_view commands = line.substr(begin, line.rfind(R"("assert":)") - begin);
    for (const Group& group : groups_) {
        for (const Pattern& pattern : group.patterns) {
            if (matches(pattern, recorded, commands)) return &group;
        }
    }
    return nullptr;
}

std::set<std::string> read_ids(const std::filesystem::path& file) {
    std::set<std::string> ids;
    for (std::string& line : lines_of_list(file)) ids.insert(std::move(line));
    return ids;
}

void write_ids(const std::filesystem::path& file, const std::set<std::string>& ids) {
    std::ofstream out(file);
    out << "# Cases that fail, one id per line: see README.md. Rewritten by mongo_cases_test --write-expected.\n";
    for (const std::string& id : ids) out << id << '\n';
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace sheaf::mongo_cases
