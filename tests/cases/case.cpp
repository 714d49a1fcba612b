#include "cases/case.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string_view>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf::cases {

namespace {

using Names = std::set<std::string, std::less<>>;

const Names case_members = {"name", "about", "given", "do", "expect", "surfaces"};
const Names step_members = {"op",
                            "filter",
                            "update",
                            "document",
                            "documents",
                            "sort",
                            "project",
                            "limit",
                            "skip",
                            "upsert",
                            "soft",
                            "collection",
                            "expected_version",
                            "include_archived",
                            "path",
                            "pipeline",
                            "array_filters",
                            "return",
                            "let"};
const Names expect_members = {
    "documents", "count", "inserted", "matched",        "modified",  "upserted",         "deleted", "restored",
    "purged",    "error", "message",  "actual_version", "any_order", "include_archived", "values",  "returned"};
const Names operations = {"find",
                          "count",
                          "insert_one",
                          "insert_many",
                          "update_one",
                          "update_many",
                          "replace_one",
                          "delete_one",
                          "delete_many",
                          "restore",
                          "purge",
                          "distinct",
                          "aggregate",
                          "find_one_and_update",
                          "find_one_and_replace",
                          "find_one_and_delete"};

// A misspelt member would make a test that checks nothing.
void require_known(const Object& object, const Names& known, std::string_view what) {
    for (const auto& [key, value] : object) {
        if (!known.contains(key))
            throw std::invalid_argument(std::string(what) + " has an unknown member \"" + key + "\"");
    }
}

std::vector<Object> objects(const Value& value) {
    std::vector<Object> found;
    for (const Value& one : value.as_array()) found.push_back(one.as_object());
    return found;
}

std::string identifier(std::string_view text) {
    std::string made;
    for (const char c : text) {
        const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (kept) made.push_back(c);
        if (!kept && !made.empty() && made.back() != '_') made.push_back('_');
    }
    return made;
}

void read_case(const Object& object, Case& made) {
    require_known(object, case_members, "the case");
    const Value given = member(object, "given");
    if (!given.is_null()) made.given = objects(given);
    const Value steps = member(object, "do");
    made.steps = steps.is_array() ? objects(steps) : std::vector<Object>{steps.as_object()};
    if (made.steps.empty()) throw std::invalid_argument("nothing is done");
    for (const Object& step : made.steps) {
        require_known(step, step_members, "a step");
        const std::string op = member(step, "op").as_string();
        if (!operations.contains(op)) throw std::invalid_argument("unknown operation \"" + op + "\"");
    }
    made.expect = member(object, "expect").as_object();
    require_known(made.expect, expect_members, "expect");
    if (made.expect.empty()) throw std::invalid_argument("nothing is expected");
    const Value surfaces = member(object, "surfaces");
    if (!surfaces.is_null()) {
        const Array& names = surfaces.as_array();
        made.on_command_line = std::find(names.begin(), names.end(), Value("cli")) != names.end();
    }
}

void read_file(const std::filesystem::path& path, std::vector<Case>& cases) {
    std::ifstream stream(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const std::string stem = path.stem().string();
    try {
        const Value file = value_from_json(text, {.depth = 200});  // a case wraps documents of up to 100
        const Value all = member(file.as_object(), "cases");
        for (const Value& one : all.as_array()) {
            Case made;
            made.title = stem + ".json, case " + std::to_string(cases.size());
            try {
                const std::string name = member(one.as_object(), "name").as_string();
                made.name = identifier(stem + "_" + name);
                made.title = stem + ".json: " + name;
                read_case(one.as_object(), made);
            } catch (const std::exception& error) {
                made.broken = error.what();
            }
            cases.push_back(std::move(made));
        }
    } catch (const std::exception& error) {
        cases.push_back({.name = identifier(stem), .title = path.string(), .broken = error.what()});
    }
}

}  // namespace

Value member(const Object& object, std::string_view key) {
    const Value* found = object.find(key);
    return found == nullptr ? Value() : *found;
}

bool flag(const Object& object, std::string_view key) {
    const Value value = member(object, key);
    return !value.is_null() && value.as_boolean();
}

std::vector<Case> load_cases(const std::string& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::vector<Case> cases;
    for (const auto& file : files) read_file(file, cases);
    Names seen;
    for (Case& one : cases) {
        while (one.name.empty() || !seen.insert(one.name).second) one.name += "_again";
    }
    return cases;
}

}  // namespace sheaf::cases
