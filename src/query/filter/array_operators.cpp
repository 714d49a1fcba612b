#include <array>
#include <map>

#include "document/encoder.hpp"
#include "query/expression/numbers/whole_number.hpp"
#include "query/filter/field_operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

class SizeTest final : public ValueTest {
public:
    explicit SizeTest(std::size_t size) : size_(size) {}
    bool test(View value) const override { return value && value.is_array() && value.size() == size_; }
    Kind kind() const override { return Kind::size; }
    bool takes_whole_arrays() const override { return true; }

private:
    std::size_t size_;
};

NodePtr parse_size(const FilterField& field, View operand, const FilterContext&) {
    const std::optional<std::int32_t> size = whole_number(operand);
    if (!size || *size < 0) {
        refuse("needs a whole number from 0 to 2147483647, not " + describe(operand), field, "$size");
    }
    return make_leaf(field, std::make_unique<SizeTest>(static_cast<std::size_t>(*size)));
}

// One element satisfies all conditions.
class ElemMatchTest : public ValueTest {
public:
    bool test(View value) const final { return find(value).has_value(); }
    bool takes_whole_arrays() const final { return true; }
    std::optional<std::size_t> matched_index(View value) const final { return find(value); }

private:
    virtual bool element_matches(View element) const = 0;

    std::optional<std::size_t> find(View value) const {
        if (!raw::is_array(value)) return std::nullopt;
        std::size_t index = 0;
        for (const View element : value.elements()) {
            if (element_matches(element)) return index;
            ++index;
        }
        return std::nullopt;
    }
};

// {"$elemMatch": {"$gt": 1, "$lt": 5}}
class ElemMatchOperators final : public ElemMatchTest {
public:
    explicit ElemMatchOperators(NodePtr conditions) : conditions_(std::move(conditions)) {}
    Kind kind() const override { return Kind::elem_match_operators; }
    void add_element_bounds(const BoundPlace& at, FilterBounds& out) const override {
        const std::size_t before = out.bounds.size();
        conditions_->add_bounds(at, out);
        const std::size_t element = ++at.tally.elements;
        for (std::size_t i = before; i < out.bounds.size(); ++i) out.bounds[i].element = element;
    }

private:
    bool element_matches(View element) const override { return conditions_->matches({element, {}}); }
    NodePtr conditions_;
};

Bytes object_of(View array) {
    Bytes bytes;
    Encoder encoder(bytes);
    encoder.begin_object(array.size());
    std::size_t index = 0;
    for (const View element : array.elements()) {
        encoder.key(std::to_string(index++));
        encoder.raw(element.encoded());
    }
    return bytes;
}

// {"$elemMatch": {"a": 1, "b": 2}}
class ElemMatchQuery final : public ElemMatchTest {
public:
    explicit ElemMatchQuery(NodePtr query) : query_(std::move(query)) {}
    Kind kind() const override { return Kind::elem_match_query; }
    void add_element_bounds(const BoundPlace& at, FilterBounds& out) const override;

private:
    bool element_matches(View element) const override {
        if (element.is_object()) return query_->matches({element, {}});
        if (!element.is_array()) return false;
        // To a query an array is an object whose keys are numbers; this is rare enough to be copied.
        const Bytes object = object_of(element);
        return query_->matches({View(object), {}});
    }
    NodePtr query_;
};

// Bounds below the same field of the element need not hold together: that field may be an array again, of which
// different elements satisfy them. So of each field one takes part, and with it those that an $elemMatch there joins.
void ElemMatchQuery::add_element_bounds(const BoundPlace& at, FilterBounds& out) const {
    struct Chosen {
        std::size_t index;
        std::size_t element;
        bool points;
    };
    const std::size_t before = out.bounds.size();
    query_->add_bounds(at, out);
    const auto field_of = [&](std::size_t i) -> std::string_view { return out.bounds[i].path[at.path.size()].key; };
    std::map<std::string_view, Chosen> chosen;
    for (std::size_t i = before; i < out.bounds.size(); ++i) {
        const Chosen candidate{i, out.bounds[i].element, out.bounds[i].intervals.only_points()};
        const auto [place, fresh] = chosen.try_emplace(field_of(i), candidate);
        if (!fresh && candidate.points && !place->second.points) place->second = candidate;
    }
    const std::size_t element = ++at.tally.elements;
    for (std::size_t i = before; i < out.bounds.size(); ++i) {
        const Chosen& joined = chosen.at(field_of(i));
        std::size_t& own = out.bounds[i].element;
        if (i == joined.index || (own != 0 && own == joined.element)) own = element;
    }
}

NodePtr parse_elem_match(const FilterField& field, View operand, const FilterContext& context) {
    if (!operand.is_object()) refuse("needs an object, not " + with_article(operand.type()), field, "$elemMatch");
    const FilterContext inner = context.deeper().element();
    std::unique_ptr<ElemMatchTest> test;
    if (begins_with_field_operator(operand)) {
        const FilterField element{{{}, SystemField::none, EndArrays::whole}, field.text, operand};
        test = std::make_unique<ElemMatchOperators>(conjunction(parse_operators(element, operand, inner)));
    } else {
        test = std::make_unique<ElemMatchQuery>(conjunction(parse_query(operand, inner)));
    }
    return make_leaf(field, std::move(test));
}

bool is_elem_match(View value) {
    return value.is_object() && value.size() == 1 && (*value.members().begin()).key == "$elemMatch";
}

NodePtr parse_all(const FilterField& field, View operand, const FilterContext& context) {
    if (!operand.is_array()) refuse("needs an array, not " + with_article(operand.type()), field, "$all");
    if (operand.size() == 0) return std::make_unique<ConstantNode>(false);
    const bool elem_matches = is_elem_match(*operand.elements().begin());
    Nodes nodes;
    for (const View value : operand.elements()) {
        if (elem_matches != is_elem_match(value)) {
            refuse("takes either values or $elemMatch, not both", field, "$all");
        } else if (elem_matches) {
            nodes.push_back(parse_elem_match(field, value["$elemMatch"], context));
        } else if (value.is_object() && begins_with_field_operator(value)) {
            refuse("takes values or $elemMatch, not other operators", field, "$all");
        } else {
            nodes.push_back(make_equality(field, value));
        }
    }
    return conjunction(std::move(nodes));
}

constexpr auto operators = std::to_array<FieldOperator>({
    {"$all", parse_all},
    {"$elemMatch", parse_elem_match},
    {"$size", parse_size},
});

}  // namespace

std::span<const FieldOperator> array_conditions() {
    return operators;
}

}  // namespace sheaf::query
