// Modification: one operator on one path. The tree of all paths of an update finds conflicts when it is built, and lets
// one walk through a document apply all modifications.
//
// Threads: immutable after parsing. Lifetime: a tree borrows its modifications, which borrow array filters and actions.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "document/path.hpp"
#include "query/update/action.hpp"
#include "query/update/array_filters.hpp"

namespace sheaf::query {

struct UpdatePart {
    enum class Kind {
        name,      // a key, or an index where it meets an array
        matched,   // "$": the index that the filter has found
        all,       // "$[]": every element
        filtered,  // "$[name]": the elements that an array filter takes
    };
    PathPart part;
    Kind kind = Kind::name;
    const ArrayFilter* filter = nullptr;  // of a filtered part

    bool enters_array() const { return kind == Kind::all || kind == Kind::filtered; }
};

struct Modification {
    enum class Role {
        act,          // the action
        insert_only,  // the action, where an upsert inserts
        take,         // $rename: takes the value away from its old path
        put,          // $rename: puts the taken value at its new path
    };
    std::string op;
    std::string text;  // of the path
    std::vector<UpdatePart> path;
    Role role = Role::act;
    ActionPtr action{};    // of act and insert_only
    std::size_t slot = 0;  // of take and put: the same for both

    Target target() const { return {op, text}; }
};

// The parts of an update's path; "$[name]" has to name an array filter. Throws with MongoDB's numbers.
std::vector<UpdatePart> parse_update_path(const Target& target, ArrayFilters& filters, const Limits& limits);
// Every part is a name.
std::vector<UpdatePart> literal_path(std::string_view text, const Limits& limits);

// By path, part by part, numbers by value and before other names: the order of application, and so of new keys.
// MongoDB compares a number with another name as text, which is no order (2 < 10 < "1a" < 2); putting numbers first
// differs in the order of new keys alone, and then only for keys such as "!".
struct PartOrder {
    bool operator()(const UpdatePart* a, const UpdatePart* b) const { return is_before(a->part, b->part); }
    static bool is_before(const PathPart& a, const PathPart& b);
};

// The paths that go through one place: each child goes on by one part. A leaf ends a path and has no children.
struct UpdateNode {
    const Modification* leaf = nullptr;
    std::map<const UpdatePart*, std::unique_ptr<UpdateNode>, PartOrder> children{};

    bool enters_array() const { return !children.empty() && children.begin()->first->enters_array(); }
    const Modification& any_leaf() const;
};

// Throws conflicting_paths, with another MongoDB number if one is given, when the path is another or leads through it.
void insert_modification(UpdateNode& root, const Modification& modification, int mongo = 0);
[[noreturn]] void fail_conflict(const Modification& a, const Modification& b, int mongo = 0);

}  // namespace sheaf::query
