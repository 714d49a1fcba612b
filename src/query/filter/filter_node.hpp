// The compiled form of a filter: a tree of nodes over documents, whose leaves put a test to the values at a path.
//
// A new operator is a ValueTest (or a FilterNode, where it does not look at single values) and a line in the table of
// its family (field_operators.hpp). Tests must not allocate: they run once per document of a scan.
//
// Threads: immutable. Views point into the bytes that Filter::State owns.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "document/path.hpp"
#include "query/filter/filter.hpp"
#include "query/traverse.hpp"

namespace sheaf::query {

// The kinds of conditions, in the order into which MongoDB sorts those of a conjunction.
enum class Kind {
    elem_match_query,
    elem_match_operators,
    size,
    equal,
    at_most,
    below,
    above,
    at_least,
    regex,
    mod,
    exists,
    in,
    bits,
    type,
    other,
};

class FilterNode;

// What a test says about the values that pass it, in the terms of an index; see Bound.
struct ValueBounds {
    Intervals intervals{};
    bool exact = false;
};

// What has been given to bounds so far. Paths may be long, and each bound has its own: without a limit those of a
// hostile filter would fill the memory. What is over it is not bounded.
struct BoundTally {
    std::size_t elements = 0;  // numbers
    std::size_t parts_left = 500'000;
};

// Where a node stands that adds its bounds.
struct BoundPlace {
    const Path& path;  // to the document or element that the node looks at
    std::size_t condition = 0;
    bool in_element = false;
    BoundTally& tally;
};

// What is known of the documents that a filter matches, for Filter::implies().
struct Known {
    const FilterBounds& bounds;
    std::span<const FilterNode* const> conjuncts;
    std::size_t& steps_left;  // until what is in doubt is given up
};

// What a lowered filter may still grow by. The text that a backend makes of it has a few hundred bytes for a part.
struct LowerBudget {
    std::size_t parts_left = 256;  // of paths
    std::size_t bytes_left = std::size_t{32} * 1024;

    // False, and spent, when a predicate is too large.
    bool take(const Predicate& predicate);
};

// A question about one value; a missing value is asked too.
class ValueTest {
public:
    virtual ~ValueTest() = default;
    virtual bool test(View value) const = 0;
    virtual Kind kind() const = 0;
    // The values that alone pass (null stands for missing too), where they can be listed.
    virtual std::optional<std::span<const View>> values() const { return std::nullopt; }
    // Whether it looks at an array as a whole and never at its elements, as $size does.
    virtual bool takes_whole_arrays() const { return false; }
    // The element of an array that made it pass, where the test itself looks for one. REQUIRES: test(array).
    virtual std::optional<std::size_t> matched_index(View) const { return std::nullopt; }
    // For every value that passes, and is not an array, its key lies within; for an array that passes as a whole, the
    // key of one of its elements does, that of a missing value if it has none. Nothing: nothing is known.
    virtual std::optional<ValueBounds> bounds() const { return std::nullopt; }
    // Of a test that looks for an element itself: what it says about values at and below that.
    virtual void add_element_bounds(const BoundPlace&, FilterBounds&) const {}
    // "One of the values at the path passes", where a predicate can say that exactly. May be too large.
    virtual std::optional<Predicate> lowered(const std::vector<std::string>&) const { return std::nullopt; }
    // Whether it is the same test. REQUIRES: the other has the same kind().
    virtual bool is_same(const ValueTest&) const { return false; }
};

// $eq, $gt, $gte, $lt, $lte: compares within the operand's type.
class CompareTest final : public ValueTest {
public:
    struct Accepts {
        bool less = false;
        bool equal = false;
        bool greater = false;
    };
    CompareTest(Accepts accepts, View operand);
    bool test(View value) const override;
    Kind kind() const override;
    std::optional<std::span<const View>> values() const override;
    std::optional<ValueBounds> bounds() const override;
    std::optional<Predicate> lowered(const std::vector<std::string>& path) const override;
    bool is_same(const ValueTest& other) const override;

private:
    bool accepts(std::weak_ordering order) const {
        return order == 0 ? accepts_.equal : order < 0 ? accepts_.less : accepts_.greater;
    }
    bool test_any(View value) const;

    Accepts accepts_;
    View operand_;
    Type type_;
    bool nan_ = false;
    std::optional<std::int64_t> integer_;   // of an integer
    std::optional<double> floating_;        // of a double
    std::optional<std::string_view> text_;  // of a string
};

class InTest final : public ValueTest {
public:
    explicit InTest(std::vector<View> operands);
    bool test(View value) const override;
    Kind kind() const override { return Kind::in; }
    std::optional<std::span<const View>> values() const override { return values_; }
    std::optional<ValueBounds> bounds() const override;
    std::optional<Predicate> lowered(const std::vector<std::string>& path) const override;
    bool is_same(const ValueTest& other) const override;

private:
    std::vector<View> values_;  // sorted, each once
    bool has_null_ = false;
};

class LeafNode;
using NodePtr = std::unique_ptr<FilterNode>;
using Nodes = std::vector<NodePtr>;

class FilterNode {
public:
    virtual ~FilterNode() = default;
    virtual bool matches(const Subject& subject) const = 0;
    virtual bool reads_system_fields() const { return false; }
    // See Filter::matched_index(). REQUIRES: matches(subject).
    virtual std::optional<std::size_t> matched_index(const Subject&) const { return std::nullopt; }
    // See Filter::ids() and Filter::equalities().
    virtual std::optional<std::vector<View>> ids() const { return std::nullopt; }
    virtual void add_equalities(std::vector<Filter::Equality>&) const {}
    // The node as a condition on the values at a path; null for any other.
    virtual const LeafNode* leaf() const { return nullptr; }
    // The conditions that all have to hold; itself, if it is not a conjunction.
    virtual void add_conjuncts(std::vector<const FilterNode*>& out) const { out.push_back(this); }
    // See Filter::bounds() and Filter::implies().
    virtual void add_bounds(const BoundPlace&, FilterBounds&) const {}
    virtual bool is_implied_by(const Known&) const { return false; }
    // See Filter::lowered().
    virtual LoweredFilter lowered(LowerBudget&) const { return {}; }
};

class AndNode final : public FilterNode {
public:
    explicit AndNode(Nodes children) : children_(std::move(children)) {}
    bool matches(const Subject& subject) const override;
    bool reads_system_fields() const override;
    std::optional<std::size_t> matched_index(const Subject& subject) const override;
    std::optional<std::vector<View>> ids() const override;
    void add_equalities(std::vector<Filter::Equality>& out) const override;
    void add_conjuncts(std::vector<const FilterNode*>& out) const override;
    void add_bounds(const BoundPlace& at, FilterBounds& out) const override;
    bool is_implied_by(const Known& known) const override;
    LoweredFilter lowered(LowerBudget& budget) const override;

private:
    Nodes children_;
};

class OrNode final : public FilterNode {
public:
    explicit OrNode(Nodes children) : children_(std::move(children)) {}
    bool matches(const Subject& subject) const override;
    bool reads_system_fields() const override;
    void add_bounds(const BoundPlace& at, FilterBounds& out) const override;
    bool is_implied_by(const Known& known) const override;
    LoweredFilter lowered(LowerBudget& budget) const override;

private:
    Nodes children_;
};

class NotNode final : public FilterNode {
public:
    explicit NotNode(NodePtr child) : child_(std::move(child)) {}
    bool matches(const Subject& subject) const override { return !child_->matches(subject); }
    bool reads_system_fields() const override { return child_->reads_system_fields(); }
    void add_bounds(const BoundPlace& at, FilterBounds& out) const override;
    LoweredFilter lowered(LowerBudget& budget) const override;

private:
    NodePtr child_;
};

class ConstantNode final : public FilterNode {
public:
    explicit ConstantNode(bool value) : value_(value) {}
    bool matches(const Subject&) const override { return value_; }
    bool is_implied_by(const Known&) const override { return value_; }
    LoweredFilter lowered(LowerBudget& budget) const override;

private:
    bool value_;
};

// Where a leaf finds its values. An empty path is the value itself.
struct Field {
    Path path{};
    SystemField system = SystemField::none;
    EndArrays end = EndArrays::entered;
    bool operator==(const Field&) const = default;
};

class LeafNode final : public FilterNode {
public:
    LeafNode(Field field, std::unique_ptr<ValueTest> test);
    bool matches(const Subject& subject) const override;
    bool reads_system_fields() const override { return field_.system != SystemField::none; }
    std::optional<std::size_t> matched_index(const Subject& subject) const override;
    std::optional<std::vector<View>> ids() const override;
    void add_equalities(std::vector<Filter::Equality>& out) const override;
    const LeafNode* leaf() const override { return this; }
    void add_bounds(const BoundPlace& at, FilterBounds& out) const override;
    bool is_implied_by(const Known& known) const override;
    LoweredFilter lowered(LowerBudget& budget) const override;

    const Field& field() const { return field_; }
    const ValueTest& test() const { return *test_; }

private:
    bool is_same(const LeafNode& other) const;

    Field field_;
    std::unique_ptr<ValueTest> test_;
};

// Whether documents of which this is known match the node.
bool implies(const Known& known, const FilterNode& node);
// The conditions that all have to hold for the node.
std::vector<const FilterNode*> conjuncts_of(const FilterNode& node);
// The bounds of a node of its own, each conjunct with its number.
FilterBounds bounds_of(const FilterNode& node, const BoundPlace& at);

// One child is itself; none matches everything.
NodePtr conjunction(Nodes children);
// REQUIRES: at least one child. Equalities at one path become an $in.
NodePtr disjunction(Nodes children);

}  // namespace sheaf::query
