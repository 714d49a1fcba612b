#include <algorithm>
#include <cmath>

#include "query/filter/filter_node.hpp"
#include "query/raw.hpp"
#include "query/system_fields.hpp"
#include "query/traverse.hpp"

namespace sheaf::query {

namespace {

// Integers and doubles are one type to a filter.
Type bracket(Type type) {
    return type == Type::integer ? Type::number : type;
}

bool is_nan(View value) {
    return value.type() == Type::number && std::isnan(value.number());
}

bool any_reads_system_fields(const Nodes& nodes) {
    return std::any_of(nodes.begin(), nodes.end(), [](const NodePtr& node) { return node->reads_system_fields(); });
}

}  // namespace

CompareTest::CompareTest(Accepts accepts, View operand)
    : accepts_(accepts), operand_(operand), type_(bracket(operand.type())), nan_(is_nan(operand)) {
    if (operand.type() == Type::integer) integer_ = operand.integer();
    if (operand.type() == Type::number) floating_ = operand.number();
    if (operand.type() == Type::string) text_ = operand.string();
}

bool CompareTest::test(View value) const {
    if (!value) return type_ == Type::null && accepts_.equal;
    if (text_) {
        const std::optional<std::string_view> text = raw::text(value);
        if (!text) return false;
        if (!accepts_.less && !accepts_.greater) return *text == *text_;
        return accepts(*text <=> *text_);
    }
    if (integer_) {
        if (const std::optional<std::int64_t> integer = raw::integer(value)) return accepts(*integer <=> *integer_);
    }
    if (floating_) {
        const std::optional<double> floating = raw::floating(value);
        if (floating && !std::isnan(*floating) && !nan_) {
            return *floating == *floating_ ? accepts_.equal : *floating < *floating_ ? accepts_.less : accepts_.greater;
        }
    }
    return test_any(value);
}

bool CompareTest::test_any(View value) const {
    if (bracket(value.type()) != type_) return false;
    // NaN equals itself and stands in no other relation to any number.
    if (type_ == Type::number && is_nan(value) != nan_) return false;
    return accepts(compare(value, operand_));
}

std::optional<std::span<const View>> CompareTest::values() const {
    if (accepts_.less || accepts_.greater) return std::nullopt;
    return std::span<const View>(&operand_, 1);
}

Kind CompareTest::kind() const {
    if (accepts_.less) return accepts_.equal ? Kind::at_most : Kind::below;
    if (accepts_.greater) return accepts_.equal ? Kind::at_least : Kind::above;
    return Kind::equal;
}

InTest::InTest(std::vector<View> operands) : values_(std::move(operands)) {
    std::sort(values_.begin(), values_.end(), [](View a, View b) { return compare(a, b) < 0; });
    const auto same = [](View a, View b) { return compare(a, b) == 0; };
    values_.erase(std::unique(values_.begin(), values_.end(), same), values_.end());
    has_null_ = !values_.empty() && values_.front().is_null();  // null sorts first
}

bool InTest::test(View value) const {
    if (!value) return has_null_;
    const auto found = std::lower_bound(values_.begin(), values_.end(), value,
                                        [](View candidate, View wanted) { return compare(candidate, wanted) < 0; });
    return found != values_.end() && compare(*found, value) == 0;
}

bool AndNode::matches(const Subject& subject) const {
    for (const NodePtr& child : children_) {
        if (!child->matches(subject)) return false;
    }
    return true;
}

bool AndNode::reads_system_fields() const {
    return any_reads_system_fields(children_);
}

bool OrNode::reads_system_fields() const {
    return any_reads_system_fields(children_);
}

std::optional<std::vector<View>> AndNode::ids() const {
    std::optional<std::vector<View>> fewest;
    for (const NodePtr& child : children_) {
        std::optional<std::vector<View>> ids = child->ids();
        if (ids && (!fewest || ids->size() < fewest->size())) fewest = std::move(ids);
    }
    return fewest;
}

void AndNode::add_conjuncts(std::vector<const FilterNode*>& out) const {
    for (const NodePtr& child : children_) child->add_conjuncts(out);
}

// As in MongoDB, the last condition that enters an array wins; in the order that MongoDB gives them, since which
// element
// "$" means for {"a": {"$gte": 3, "$lt": 8}} depends on it.
std::optional<std::size_t> AndNode::matched_index(const Subject& subject) const {
    std::vector<const FilterNode*> conditions;
    add_conjuncts(conditions);
    std::stable_sort(conditions.begin(), conditions.end(), [](const FilterNode* a, const FilterNode* b) {
        const LeafNode* left = a->leaf();
        const LeafNode* right = b->leaf();
        if (left == nullptr || right == nullptr) return left != nullptr && right == nullptr;
        if (left->test().kind() != right->test().kind()) return left->test().kind() < right->test().kind();
        return std::lexicographical_compare(left->field().path.begin(), left->field().path.end(),
                                            right->field().path.begin(), right->field().path.end(),
                                            [](const PathPart& x, const PathPart& y) { return x.key < y.key; });
    });
    for (auto condition = conditions.rbegin(); condition != conditions.rend(); ++condition) {
        if (const auto index = (*condition)->matched_index(subject)) return index;
    }
    return std::nullopt;
}

void AndNode::add_equalities(std::vector<Filter::Equality>& out) const {
    for (const NodePtr& child : children_) child->add_equalities(out);
}

bool OrNode::matches(const Subject& subject) const {
    for (const NodePtr& child : children_) {
        if (child->matches(subject)) return true;
    }
    return false;
}

LeafNode::LeafNode(Field field, std::unique_ptr<ValueTest> test) : field_(std::move(field)), test_(std::move(test)) {
    if (test_->takes_whole_arrays()) field_.end = EndArrays::whole;
}

bool LeafNode::matches(const Subject& subject) const {
    const auto test = [this](View value) { return test_->test(value); };
    if (field_.system == SystemField::none) {
        return field_.end == EndArrays::entered ? any_value(subject.document, field_.path, test)
                                                : any_value<EndArrays::whole>(subject.document, field_.path, test);
    }
    const Bytes value = encode_system_field(subject.system, field_.system);
    return any_value(View(value), PathRest(field_.path).subspan(1), test);
}

std::optional<std::size_t> LeafNode::matched_index(const Subject& subject) const {
    if (field_.system != SystemField::none) return std::nullopt;
    const auto test = [this](View value) { return test_->test(value); };
    if (field_.end == EndArrays::entered) {
        return first_element<EndArrays::entered>(subject.document, field_.path, test);
    }
    if (const auto index = first_element<EndArrays::whole>(subject.document, field_.path, test)) return index;
    std::optional<std::size_t> index;
    any_value<EndArrays::whole>(subject.document, field_.path, [&](View value) {
        if (!test_->test(value)) return false;
        index = test_->matched_index(value);
        return true;
    });
    return index;
}

std::optional<std::vector<View>> LeafNode::ids() const {
    if (field_.path.size() != 1 || field_.path.front().key != "_id") return std::nullopt;
    const auto values = test_->values();
    if (!values) return std::nullopt;
    std::vector<View> ids;
    for (const View value : *values) {
        // An _id is a scalar, so that these match nothing.
        if (!value.is_array() && !value.is_object()) ids.push_back(value);
    }
    return ids;
}

void LeafNode::add_equalities(std::vector<Filter::Equality>& out) const {
    if (field_.system != SystemField::none) return;
    const auto values = test_->values();
    if (values && values->size() == 1) out.push_back({join_path(field_.path, field_.path.size()), values->front()});
}

NodePtr conjunction(Nodes children) {
    if (children.size() == 1) return std::move(children.front());
    return std::make_unique<AndNode>(std::move(children));
}

NodePtr disjunction(Nodes children) {
    if (children.size() == 1) return std::move(children.front());
    const LeafNode* first = children.front()->leaf();
    std::vector<View> values;
    for (const NodePtr& child : children) {
        const LeafNode* leaf = child->leaf();
        const auto own = leaf != nullptr && leaf->field() == first->field() ? leaf->test().values() : std::nullopt;
        if (!own) return std::make_unique<OrNode>(std::move(children));
        values.insert(values.end(), own->begin(), own->end());
    }
    return std::make_unique<LeafNode>(first->field(), std::make_unique<InTest>(std::move(values)));
}

}  // namespace sheaf::query
