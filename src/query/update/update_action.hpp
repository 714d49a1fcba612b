// What an update operator does to the value at one path. A new operator is an Action and a line in the table of
// update.cpp.
//
// Threads: immutable after parsing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/limits.hpp>
#include <sheaf/value.hpp>

#include "document/path.hpp"

namespace sheaf::query {

// Operator and path, for messages.
struct Target {
    std::string_view op;
    std::string_view path;
};

class Action {
public:
    enum class Effect { keep, remove };
    // What to do where nothing stands at the path.
    enum class Missing {
        create,  // make the parents and created()
        ignore,  // nothing, provided that the path could be made
        permit,  // nothing, whatever is in the way
    };

    virtual ~Action() = default;
    virtual Missing missing() const = 0;
    virtual Value created() const { return {}; }  // only for Missing::create
    // Changes the value that stands at the path. Throws type_mismatch.
    virtual Effect change(Value& value, const Target& target) const = 0;
};

std::unique_ptr<Action> make_set(Value value);
std::unique_ptr<Action> make_unset();

// One operator on one path.
struct Modification {
    std::string op;
    std::string text;  // of the path
    Path path;
    std::unique_ptr<Action> action;

    Target target() const { return {op, text}; }
};

// Puts modifications into the order in which they are applied: by path, part by part, numbers by value and before other
// names. Throws conflicting_paths when one path is another or leads through it.
void sort_modifications(std::vector<Modification>& modifications);

// Applies modifications to one document. Threads: one at a time.
class Applier {
public:
    explicit Applier(const Limits& limits) : growth_left_(limits.array_growth) {}
    // Throws type_mismatch, path_not_viable, limit_exceeded; then `document` is in an unspecified state.
    void apply(const Modification& modification, Value& document);

private:
    void create(const Modification& modification, Value& parent, std::size_t depth);
    void put_into_array(const Modification& modification, Array& array, std::size_t index, Value value);

    std::size_t growth_left_;  // null elements that may still be added in front of new ones
};

}  // namespace sheaf::query
