#include "query/update/applier.hpp"

#include <algorithm>
#include <unordered_map>

#include "document/encoder.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// Array filters look at a document this often before the update is refused.
constexpr std::size_t filter_rounds = 64;

constexpr std::size_t few = 8;

// Finds members by key, also thousands of them in a large object.
class MemberFinder {
public:
    MemberFinder(Object& object, std::size_t lookups) : object_(object), indexed_(lookups > few) {
        if (!indexed_) return;
        for (Member& member : object) index_.emplace(member.key, &member);
    }
    Member* find(const std::string& key) {
        if (indexed_) {
            const auto found = index_.find(key);
            return found == index_.end() ? nullptr : found->second;
        }
        const auto found =
            std::find_if(object_.begin(), object_.end(), [&](const Member& member) { return member.key == key; });
        return found == object_.end() ? nullptr : found;
    }

private:
    Object& object_;
    bool indexed_;
    std::unordered_map<std::string_view, Member*> index_;
};

void remove_members(Object& object, std::vector<Member*>& removed) {
    if (removed.empty()) return;
    if (removed.size() == 1) {
        object.erase(std::string(removed.front()->key));
        return;
    }
    std::sort(removed.begin(), removed.end());
    Object kept;
    for (Member& member : object) {
        if (std::binary_search(removed.begin(), removed.end(), &member)) continue;
        kept.append(std::move(member.key), std::move(member.value));
    }
    object = std::move(kept);
}

// The leaf that ends a path here; it has to be alone.
const Modification* leaf_of(const std::vector<const UpdateNode*>& nodes) {
    for (const UpdateNode* node : nodes) {
        if (node->leaf == nullptr) continue;
        if (nodes.size() == 1) return node->leaf;
        const UpdateNode* other = nodes.front() == node ? nodes.back() : nodes.front();
        fail_conflict(*node->leaf, other->any_leaf());
    }
    return nullptr;
}

bool enters_array(const std::vector<const UpdateNode*>& nodes) {
    for (const UpdateNode* node : nodes) {
        if (node->enters_array() != nodes.front()->enters_array()) {
            fail_conflict(nodes.front()->any_leaf(), node->any_leaf());
        }
    }
    return nodes.front()->enters_array();
}

// A leaf below the nodes for which the predicate holds.
template <typename Predicate>
const Modification* find_leaf(const UpdateNode& node, const Predicate& predicate) {
    if (node.leaf != nullptr) return predicate(*node.leaf) ? node.leaf : nullptr;
    for (const auto& [part, child] : node.children) {
        if (const Modification* found = find_leaf(*child, predicate)) return found;
    }
    return nullptr;
}

template <typename Predicate>
const Modification* find_leaf(const std::vector<const UpdateNode*>& nodes, const Predicate& predicate) {
    for (const UpdateNode* node : nodes) {
        if (const Modification* found = find_leaf(*node, predicate)) return found;
    }
    return nullptr;
}

std::string joined(const Modification& leaf, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count && i < leaf.path.size(); ++i) {
        if (i > 0) text += '.';
        text += leaf.path[i].part.key;
    }
    return text;
}

[[noreturn]] void refuse_path(const Modification& leaf, const Value& parent, std::size_t depth) {
    const std::string where = joined(leaf, depth);
    const Bytes bytes = encode(parent);
    refuse(Code::path_not_viable, 0, leaf.target(),
           "there cannot be a field \"" + leaf.path[depth].part.key + "\" in " + describe(View(bytes)) +
               (where.empty() ? "" : " at " + where));
}

[[noreturn]] void refuse_elements(const Modification& leaf, const std::string& what) {
    refuse(Code::type_mismatch, 2, leaf.target(), "\"$[]\" and \"$[name]\" need an array, but there is " + what);
}

}  // namespace

Applier::Applier(const Limits& limits, const Options& options)
    : mode_(options.mode),
      taken_(options.renames),
      growth_left_(limits.array_growth),
      budget_(limits.document_bytes),
      filter_bytes_left_(std::min(limits.document_bytes, SIZE_MAX / filter_rounds) * filter_rounds) {
    if (options.matched_index) {
        const auto index = static_cast<std::uint32_t>(*options.matched_index);
        matched_ = PathPart{std::to_string(index), index};
    }
}

void Applier::take(const UpdateNode& sources, Value& document) {
    taking_ = true;
    apply(sources, document);
    taking_ = false;
}

void Applier::apply(const UpdateNode& tree, Value& document) {
    if (!tree.children.empty()) visit({&tree}, document, 0);
}

// `depth` parts of the path lead to the value.
Action::Effect Applier::visit(const Nodes& nodes, Value& value, std::size_t depth) {
    if (const Modification* leaf = leaf_of(nodes)) return change(*leaf, value);
    if (enters_array(nodes)) {
        visit_elements(nodes, value, depth);
    } else if (value.is_object()) {
        visit_object(nodes, value.as_object(), depth);
    } else if (value.is_array()) {
        visit_array(nodes, value, depth);
    } else {
        const Obstacle obstacle{value, depth};
        for (const Step& step : steps(nodes)) create(step.nodes, &obstacle);
    }
    return Effect::keep;
}

Action::Effect Applier::change(const Modification& leaf, Value& value) {
    if (!is_active(leaf)) return Effect::keep;
    switch (leaf.role) {
        case Modification::Role::take:
            taken_[leaf.slot] = std::move(value);
            return Effect::remove;
        case Modification::Role::put:
            value = std::move(*taken_[leaf.slot]);
            return Effect::keep;
        default:
            return leaf.action->change(value, leaf.target(), budget_);
    }
}

// New members come last and all at once, so that the present ones stay where they are until then.
void Applier::visit_object(const Nodes& nodes, Object& object, std::size_t depth) {
    const std::vector<Step> steps = this->steps(nodes);
    MemberFinder members(object, steps.size());
    std::vector<Member*> removed;
    Object added;
    for (const Step& step : steps) {
        const std::string& key = step.part->key;
        if (Member* member = members.find(key)) {
            if (visit(step.nodes, member->value, depth + 1) == Effect::remove) {
                removed.push_back(member);
                continue;
            }
        } else if (auto value = create(step.nodes, nullptr)) {
            budget_.spend(key.size(), step.nodes.front()->any_leaf().target());
            added.append(key, std::move(*value));
        } else {
            continue;
        }
        if (depth == 0) check_dollar_key(step);
    }
    remove_members(object, removed);
    for (Member& member : added) object.append(std::move(member.key), std::move(member.value));
}

// An element that is removed becomes null: the others keep their places.
void Applier::visit_array(const Nodes& nodes, Value& value, std::size_t depth) {
    Array& array = value.as_array();
    for (const Step& step : steps(nodes)) {
        check_rename_array(step, array);
        const std::optional<std::uint32_t>& index = step.part->index;
        const Obstacle obstacle{value, depth};
        if (index && *index < array.size()) {
            if (visit(step.nodes, array[*index], depth + 1) == Effect::remove) array[*index] = nullptr;
        } else if (auto made = create(step.nodes, index ? nullptr : &obstacle)) {
            put_into_array(step, array, std::move(*made));
        }
    }
}

void Applier::visit_elements(const Nodes& nodes, Value& value, std::size_t depth) {
    if (!value.is_array()) {
        const Bytes bytes = encode(value);
        refuse_elements(nodes.front()->any_leaf(), describe(View(bytes)));
    }
    Nodes selected;
    for (Value& element : value.as_array()) {
        selected.clear();
        for (const UpdateNode* node : nodes) {
            for (const auto& [part, child] : node->children) {
                if (selects(*part, element)) selected.push_back(child.get());
            }
        }
        if (!selected.empty() && visit(selected, element, depth + 1) == Effect::remove) element = nullptr;
    }
}

std::optional<Value> Applier::create(const Nodes& nodes, const Obstacle* obstacle) {
    if (const Modification* leaf = leaf_of(nodes)) {
        const Action::Missing wish = missing(*leaf);
        if (wish == Action::Missing::permit) return std::nullopt;
        if (obstacle != nullptr) refuse_path(*leaf, obstacle->value, obstacle->depth);
        if (wish == Action::Missing::ignore) return std::nullopt;
        if (leaf->role == Modification::Role::put) return std::move(*taken_[leaf->slot]);
        return leaf->action->created(leaf->target(), budget_);
    }
    if (enters_array(nodes)) refuse_elements(nodes.front()->any_leaf(), "nothing");
    Object object;
    for (const Step& step : steps(nodes)) {
        auto value = create(step.nodes, obstacle);
        if (!value) continue;
        budget_.spend(step.part->key.size(), step.nodes.front()->any_leaf().target());
        object.append(step.part->key, std::move(*value));
    }
    if (object.empty()) return std::nullopt;
    return object;
}

// In the order of application.
std::vector<Applier::Step> Applier::steps(const Nodes& nodes) const {
    std::vector<Step> result;
    bool ordered = nodes.size() == 1;
    for (const UpdateNode* node : nodes) {
        for (const auto& [part, child] : node->children) {
            ordered = ordered && part->kind == UpdatePart::Kind::name;
            result.push_back({resolved(*part, *child), {child.get()}});
        }
    }
    if (ordered) return result;
    std::stable_sort(result.begin(), result.end(),
                     [](const Step& a, const Step& b) { return PartOrder::is_before(*a.part, *b.part); });
    std::vector<Step> merged;
    for (Step& step : result) {
        if (!merged.empty() && *merged.back().part == *step.part) {
            merged.back().nodes.push_back(step.nodes.front());
        } else {
            merged.push_back(std::move(step));
        }
    }
    return merged;
}

const PathPart* Applier::resolved(const UpdatePart& part, const UpdateNode& child) const {
    if (part.kind != UpdatePart::Kind::matched) return &part.part;
    if (matched_) return &*matched_;
    refuse(Code::invalid_update, 2, child.any_leaf().target(),
           "the filter has not looked into an array, so that \"$\" stands for no element");
}

bool Applier::selects(const UpdatePart& part, const Value& element) {
    if (part.kind == UpdatePart::Kind::all) return true;
    std::size_t bytes = 0;
    const bool matches = part.filter->matches(element, bytes);
    if (bytes > filter_bytes_left_) {
        fail(Code::limit_exceeded, "the array filters would have to look at too many elements", part.part.key);
    }
    filter_bytes_left_ -= bytes;
    return matches;
}

bool Applier::is_active(const Modification& leaf) const {
    switch (leaf.role) {
        case Modification::Role::act:
            return true;
        case Modification::Role::insert_only:
            return mode_ == Mode::insert;
        case Modification::Role::take:
            return taking_;
        case Modification::Role::put:
            return has_taken(leaf.slot);
    }
    return false;
}

Action::Missing Applier::missing(const Modification& leaf) const {
    if (!is_active(leaf)) return Action::Missing::permit;
    if (leaf.role == Modification::Role::take) return Action::Missing::ignore;
    if (leaf.role == Modification::Role::put) return Action::Missing::create;
    return leaf.action->missing();
}

// MongoDB lets an update remove a top-level key that begins with $, and an upsert make one, but no update change one.
void Applier::check_dollar_key(const Step& step) const {
    if (mode_ == Mode::insert || !is_operator(step.part->key)) return;
    const auto active = [&](const Modification& leaf) { return is_active(leaf); };
    if (const Modification* leaf = find_leaf(step.nodes, active)) {
        refuse(Code::invalid_update, 52, leaf->target(), "a path cannot begin with $");
    }
}

// $rename does not reach into arrays: where an element stands depends on the others.
void Applier::check_rename_array(const Step& step, const Array& array) const {
    if (taken_.empty()) return;
    const bool exists = step.part->index.value_or(UINT32_MAX) < array.size();
    const auto renames = [&](const Modification& leaf) {
        if (!is_active(leaf)) return false;
        return leaf.role == Modification::Role::put || (exists && leaf.role == Modification::Role::take);
    };
    if (const Modification* leaf = find_leaf(step.nodes, renames)) {
        refuse(Code::invalid_update, 2, leaf->target(), "a field cannot be renamed from or to within an array");
    }
}

void Applier::put_into_array(const Step& step, Array& array, Value value) {
    const std::size_t index = *step.part->index;
    const std::size_t growth = index - array.size();
    if (growth > growth_left_) {
        refuse(Code::limit_exceeded, 0, step.nodes.front()->any_leaf().target(), "too many null elements to add");
    }
    growth_left_ -= growth;
    array.resize(index);
    array.push_back(std::move(value));
}

}  // namespace sheaf::query
