#include "query/filter/filter_bounds.hpp"

#include <algorithm>
#include <cmath>

#include "document/key.hpp"
#include "query/filter/filter_node.hpp"

namespace sheaf::query {

namespace {

constexpr std::size_t max_points = 100'000;  // of one $in, each kept twice; more are one range

// Where an index holds a document for the sake of an array that is equal to this one: at its first element, of which an
// empty one has none, or, where it stands in another array, as a whole.
void add_array_keys(View array, std::vector<Bytes>& keys) {
    keys.push_back(encode_key(array));
    keys.push_back(encode_key(array.size() == 0 ? View() : *array.elements().begin()));
}

// The least key of a type that values of it are compared with: NaN stands in no relation to numbers.
Bytes least_of(Type type) {
    if (type == Type::number || type == Type::integer) {
        return behind(encode_key(View(BytesView("\xF9\x7E\x00", 3))));
    }
    return Intervals::of_type(type).ranges().front().lower;
}

// Whether index and matcher see the same values: not where a number may name an element of an array or a field.
bool is_bounded(const Path& path) {
    return std::none_of(path.begin() + 1, path.end(), [](const PathPart& part) { return part.index.has_value(); });
}

bool begins_with(const Path& path, const Path& prefix) {
    return path.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

}  // namespace

std::optional<ValueBounds> CompareTest::bounds() const {
    const bool equal_only = !accepts_.less && !accepts_.greater;
    if (type_ == Type::null || nan_) {
        // Each is in relation to itself alone, and null stands for missing values too.
        return ValueBounds{accepts_.equal ? Intervals::point(operand_) : Intervals::none(), nan_};
    }
    if (type_ == Type::array) {
        if (!equal_only) return std::nullopt;
        std::vector<Bytes> keys;
        add_array_keys(operand_, keys);
        return ValueBounds{Intervals::points(std::move(keys)), false};
    }
    Bytes key = encode_key(operand_);
    Bytes lower = accepts_.less ? least_of(type_) : accepts_.equal ? key : behind(key);
    Bytes upper = accepts_.greater ? Intervals::of_type(type_).ranges().front().upper
                  : accepts_.equal ? behind(key)
                                   : key;
    return ValueBounds{Intervals::range(std::move(lower), std::move(upper)), true};
}

bool CompareTest::is_same(const ValueTest& other) const {
    return compare(operand_, static_cast<const CompareTest&>(other).operand_) == 0;
}

std::optional<ValueBounds> InTest::bounds() const {
    std::vector<Bytes> keys;
    bool exact = true;
    for (const View value : values_) {
        if (value.is_array()) {
            add_array_keys(value, keys);
            exact = false;
        } else {
            keys.push_back(encode_key(value));
            if (value.is_null()) exact = false;
        }
    }
    if (keys.size() > max_points) {
        const auto [least, greatest] = std::minmax_element(keys.begin(), keys.end());
        return ValueBounds{Intervals::range(*least, behind(*greatest)), false};
    }
    return ValueBounds{Intervals::points(std::move(keys)), exact};
}

bool InTest::is_same(const ValueTest& other) const {
    const std::vector<View>& values = static_cast<const InTest&>(other).values_;
    return std::equal(values_.begin(), values_.end(), values.begin(), values.end(),
                      [](View a, View b) { return compare(a, b) == 0; });
}

std::vector<const FilterNode*> conjuncts_of(const FilterNode& node) {
    std::vector<const FilterNode*> conjuncts;
    node.add_conjuncts(conjuncts);
    return conjuncts;
}

FilterBounds bounds_of(const FilterNode& node, const BoundPlace& at) {
    FilterBounds out;
    for (const FilterNode* conjunct : conjuncts_of(node)) {
        conjunct->add_bounds({at.path, out.conditions++, at.in_element, at.tally}, out);
    }
    return out;
}

void AndNode::add_bounds(const BoundPlace& at, FilterBounds& out) const {
    for (const NodePtr& child : children_) child->add_bounds(at, out);
}

void OrNode::add_bounds(const BoundPlace& at, FilterBounds& out) const {
    Disjunction disjunction{at.condition, {}};
    for (const NodePtr& child : children_) disjunction.branches.push_back(bounds_of(*child, at));
    out.disjunctions.push_back(std::move(disjunction));
}

// Of negations only {"$exists": false} says where a document is found.
void NotNode::add_bounds(const BoundPlace& at, FilterBounds& out) const {
    const LeafNode* leaf = child_->leaf();
    if (leaf == nullptr || leaf->test().kind() != Kind::exists) return;
    const std::size_t before = out.bounds.size();
    leaf->add_bounds(at, out);
    for (std::size_t i = before; i < out.bounds.size(); ++i) out.bounds[i].intervals = Intervals::of_type(Type::null);
}

void LeafNode::add_bounds(const BoundPlace& at, FilterBounds& out) const {
    if (field_.system != SystemField::none) return;
    const std::size_t parts = at.path.size() + field_.path.size();
    if (parts > at.tally.parts_left) return;
    at.tally.parts_left -= parts;
    Path path = at.path;
    path.insert(path.end(), field_.path.begin(), field_.path.end());
    if (path.empty() || !is_bounded(path)) return;
    if (std::optional<ValueBounds> bounds = test_->bounds()) {
        const bool exact = bounds->exact && !at.in_element;
        out.bounds.push_back({std::move(path), std::move(bounds->intervals), exact, at.condition, 0});
    } else if (!field_.path.empty()) {
        // Not for an element that is an array itself: an index holds that whole.
        test_->add_element_bounds({path, at.condition, true, at.tally}, out);
    }
}

bool implies(const Known& known, const FilterNode& node) {
    const std::size_t steps = 1 + known.conjuncts.size() + known.bounds.bounds.size();
    if (steps > known.steps_left) return false;
    known.steps_left -= steps;
    if (node.is_implied_by(known)) return true;
    const std::vector<Disjunction>& disjunctions = known.bounds.disjunctions;
    return std::any_of(disjunctions.begin(), disjunctions.end(), [&](const Disjunction& disjunction) {
        return std::all_of(disjunction.branches.begin(), disjunction.branches.end(), [&](const FilterBounds& branch) {
            return implies({branch, {}, known.steps_left}, node);
        });
    });
}

bool AndNode::is_implied_by(const Known& known) const {
    return std::all_of(children_.begin(), children_.end(), [&](const NodePtr& node) { return implies(known, *node); });
}

bool OrNode::is_implied_by(const Known& known) const {
    return std::any_of(children_.begin(), children_.end(), [&](const NodePtr& node) { return implies(known, *node); });
}

bool LeafNode::is_same(const LeafNode& other) const {
    return field_ == other.field_ && test_->kind() == other.test_->kind() && test_->is_same(*other.test_);
}

// A value that an index holds for the document lies within each of the known bounds. If that is within an exact bound
// of this node, too, then it is one that passes.
bool LeafNode::is_implied_by(const Known& known) const {
    for (const FilterNode* conjunct : known.conjuncts) {
        if (conjunct->leaf() != nullptr && is_same(*conjunct->leaf())) return true;
    }
    if (field_.system != SystemField::none || field_.path.empty() || !is_bounded(field_.path)) return false;
    const std::optional<ValueBounds> own = test_->bounds();
    const bool exists = test_->kind() == Kind::exists;
    return std::any_of(known.bounds.bounds.begin(), known.bounds.bounds.end(), [&](const Bound& bound) {
        if (exists && begins_with(bound.path, field_.path)) {
            return bound.intervals.intersected(Intervals::of_type(Type::null)).empty();
        }
        return own && own->exact && bound.path == field_.path && own->intervals.covers(bound.intervals);
    });
}

}  // namespace sheaf::query
