#include "query/update/modification.hpp"

#include <algorithm>

#include "query/operand.hpp"
#include "query/subject.hpp"

namespace sheaf::query {

namespace {

UpdatePart parse_part(PathPart part, const Target& target, ArrayFilters& filters) {
    using Kind = UpdatePart::Kind;
    const std::string& key = part.key;
    if (key == "$") return {std::move(part), Kind::matched};
    if (!key.starts_with("$[") || !key.ends_with(']')) return {std::move(part), Kind::name};
    if (key.size() == 3) return {std::move(part), Kind::all};
    const std::string name = key.substr(2, key.size() - 3);
    const ArrayFilter* filter = filters.use(name);
    if (filter == nullptr) refuse(Code::invalid_update, 2, target, "there is no array filter named \"" + name + "\"");
    return {std::move(part), Kind::filtered, filter};
}

void check_parts(const std::vector<UpdatePart>& parts, const Target& target) {
    const UpdatePart& first = parts.front();
    if (first.kind != UpdatePart::Kind::name) {
        refuse(Code::invalid_update, 2, target, "\"" + first.part.key + "\" needs an array in front of it");
    }
    if (system_field(first.part.key) != SystemField::none) {
        refuse(Code::invalid_update, 0, target, "the system field " + first.part.key + " cannot be changed");
    }
    const auto matched = std::count_if(parts.begin(), parts.end(),
                                       [](const UpdatePart& p) { return p.kind == UpdatePart::Kind::matched; });
    if (matched > 1) refuse(Code::invalid_update, 2, target, "a path has at most one part \"$\"");
}

}  // namespace

std::vector<UpdatePart> parse_update_path(const Target& target, ArrayFilters& filters, const Limits& limits) {
    Path path = parse_path(target.path, limits);
    if (has_empty_part(path)) refuse(Code::invalid_update, 56, target, "the path has an empty part");
    std::vector<UpdatePart> parts;
    parts.reserve(path.size());
    for (PathPart& part : path) parts.push_back(parse_part(std::move(part), target, filters));
    check_parts(parts, target);
    return parts;
}

std::vector<UpdatePart> literal_path(std::string_view text, const Limits& limits) {
    std::vector<UpdatePart> parts;
    for (PathPart& part : parse_path(text, limits)) parts.push_back({std::move(part)});
    return parts;
}

bool PartOrder::is_before(const PathPart& a, const PathPart& b) {
    if (a.index && b.index) return *a.index < *b.index;
    if (a.index || b.index) return a.index.has_value();
    return a.key < b.key;
}

const Modification& UpdateNode::any_leaf() const {
    return leaf != nullptr ? *leaf : children.begin()->second->any_leaf();
}

void insert_modification(UpdateNode& root, const Modification& modification, int mongo) {
    UpdateNode* node = &root;
    for (const UpdatePart& part : modification.path) {
        if (node->leaf != nullptr) fail_conflict(*node->leaf, modification, mongo);
        if (!node->children.empty() && node->enters_array() != part.enters_array()) {
            fail_conflict(node->any_leaf(), modification, mongo);
        }
        std::unique_ptr<UpdateNode>& child = node->children[&part];
        if (child == nullptr) child = std::make_unique<UpdateNode>();
        node = child.get();
    }
    if (node->leaf != nullptr || !node->children.empty()) fail_conflict(node->any_leaf(), modification, mongo);
    node->leaf = &modification;
}

void fail_conflict(const Modification& a, const Modification& b, int mongo) {
    // The shorter path first: it is the one that the other leads through.
    const bool swapped = b.path.size() < a.path.size();
    const Modification& first = swapped ? b : a;
    const Modification& second = swapped ? a : b;
    fail(Code::conflicting_paths, mongo,
         "the paths " + first.text + " (" + first.op + ") and " + second.text + " (" + second.op + ") conflict",
         first.text, first.op);
}

}  // namespace sheaf::query
