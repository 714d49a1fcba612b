#include <algorithm>

#include "document/encoder.hpp"
#include "query/operand.hpp"
#include "query/update/update_action.hpp"

namespace sheaf::query {

namespace {

// The order of two different parts. MongoDB compares a number with another name as text, which is no order (2 < 10 <
// "1a" < 2); putting numbers first differs in the order of new keys alone, and then only for keys such as "!".
bool part_less(const PathPart& a, const PathPart& b) {
    if (a.index && b.index) return *a.index < *b.index;
    if (a.index || b.index) return a.index.has_value();
    return a.key < b.key;
}

bool path_less(const Path& a, const Path& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), part_less);
}

bool is_prefix(const Path& prefix, const Path& path) {
    return prefix.size() <= path.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

Value* find_child(Value& parent, const PathPart& part) {
    if (parent.is_object()) return parent.as_object().find(part.key);
    if (parent.is_array() && part.index && *part.index < parent.as_array().size()) {
        return &parent.as_array()[*part.index];
    }
    return nullptr;
}

[[noreturn]] void refuse_path(const Modification& modification, const Value& parent, std::size_t depth) {
    const std::string where = join_path(modification.path, depth);
    const Bytes bytes = encode(parent);
    const std::string key = modification.path[depth].key;
    fail(Code::path_not_viable,
         modification.op + " at " + modification.text + ": there cannot be a field \"" + key + "\" in " +
             describe(View(bytes)) + (where.empty() ? "" : " at " + where),
         modification.text, modification.op);
}

void change(const Modification& modification, Value& parent, const PathPart& part, Value& value) {
    if (modification.action->change(value, modification.target()) == Action::Effect::keep) return;
    if (parent.is_object()) {
        parent.as_object().erase(part.key);
    } else {
        value = nullptr;  // the other elements keep their places
    }
}

}  // namespace

void sort_modifications(std::vector<Modification>& modifications) {
    std::sort(modifications.begin(), modifications.end(),
              [](const Modification& a, const Modification& b) { return path_less(a.path, b.path); });
    // What begins with a path follows it directly, so that looking at neighbours is enough.
    const auto clash =
        std::adjacent_find(modifications.begin(), modifications.end(),
                           [](const Modification& a, const Modification& b) { return is_prefix(a.path, b.path); });
    if (clash == modifications.end()) return;
    const Modification& other = *std::next(clash);
    fail(Code::conflicting_paths,
         "the paths " + clash->text + " (" + clash->op + ") and " + other.text + " (" + other.op + ") conflict",
         clash->text, clash->op);
}

void Applier::put_into_array(const Modification& modification, Array& array, std::size_t index, Value value) {
    const std::size_t growth = index - array.size();
    if (growth > growth_left_) {
        fail(Code::limit_exceeded, modification.op + " at " + modification.text + ": too many null elements to add",
             modification.text, modification.op);
    }
    growth_left_ -= growth;
    array.resize(index);
    array.push_back(std::move(value));
}

// The part at `depth` does not exist in `parent`.
void Applier::create(const Modification& modification, Value& parent, std::size_t depth) {
    const Action::Missing missing = modification.action->missing();
    const PathPart& part = modification.path[depth];
    if (missing == Action::Missing::permit) return;
    if (!parent.is_object() && !(parent.is_array() && part.index)) refuse_path(modification, parent, depth);
    if (missing == Action::Missing::ignore) return;
    Value value = modification.action->created();
    for (std::size_t i = modification.path.size() - 1; i > depth; --i) {
        Object object;
        object.append(modification.path[i].key, std::move(value));
        value = std::move(object);
    }
    if (parent.is_object()) {
        parent.as_object().append(part.key, std::move(value));
    } else {
        put_into_array(modification, parent.as_array(), *part.index, std::move(value));
    }
}

void Applier::apply(const Modification& modification, Value& document) {
    Value* parent = &document;
    for (std::size_t depth = 0;; ++depth) {
        const PathPart& part = modification.path[depth];
        Value* child = find_child(*parent, part);
        if (child == nullptr) return create(modification, *parent, depth);
        if (depth + 1 == modification.path.size()) return change(modification, *parent, part, *child);
        parent = child;
    }
}

}  // namespace sheaf::query
