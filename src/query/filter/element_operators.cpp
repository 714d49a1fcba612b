#include <array>

#include "query/filter/field_operators.hpp"
#include "query/filter/type_set.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

class ExistsTest final : public ValueTest {
public:
    bool test(View value) const override { return static_cast<bool>(value); }
    Kind kind() const override { return Kind::exists; }
    std::optional<ValueBounds> bounds() const override { return ValueBounds{Intervals::all()}; }
    std::optional<Predicate> lowered(const std::vector<std::string>& path) const override {
        return Predicate{.kind = Predicate::Kind::exists, .path = path};
    }
    bool is_same(const ValueTest&) const override { return true; }
};

NodePtr parse_exists(const FilterField& field, View operand, const FilterContext&) {
    NodePtr exists = make_leaf(field, std::make_unique<ExistsTest>());
    if (is_true(operand)) return exists;
    return std::make_unique<NotNode>(std::move(exists));
}

class TypeTest final : public ValueTest {
public:
    explicit TypeTest(TypeSet types) : types_(types) {}
    bool test(View value) const override { return types_.holds(value); }
    Kind kind() const override { return Kind::type; }
    std::optional<ValueBounds> bounds() const override;
    bool is_same(const ValueTest& other) const override { return types_ == static_cast<const TypeTest&>(other).types_; }

private:
    TypeSet types_;
};

std::optional<ValueBounds> TypeTest::bounds() const {
    using Share = TypeSet::Share;
    // An array of any length and kind would pass.
    if (types_.share_of(Type::array) != Share::none) return std::nullopt;
    ValueBounds result{Intervals::none(), true};
    for (const Type type : {Type::null, Type::number, Type::string, Type::object, Type::bytes, Type::object_id,
                            Type::boolean, Type::datetime}) {
        const Share share = types_.share_of(type);
        if (share == Share::none) continue;
        result.intervals = result.intervals.united(Intervals::of_type(type));
        // Null stands for missing values too.
        if (share == Share::some || type == Type::null) result.exact = false;
    }
    return result;
}

TypeSet parse_type_name(const FilterField& field, View operand) {
    std::optional<TypeSet> types;
    if (operand.type() == Type::string) {
        types = TypeSet::of_alias(operand.string());
    } else if (operand.is_number()) {
        types = TypeSet::of_number(operand.number());
    } else {
        refuse("names types by numbers or strings, not " + with_article(operand.type()), field, "$type", 14);
    }
    if (!types) refuse("does not know the type that " + describe(operand) + " would be", field, "$type");
    return *types;
}

NodePtr parse_type(const FilterField& field, View operand, const FilterContext&) {
    TypeSet types;
    if (operand.is_array()) {
        if (operand.size() == 0) refuse("needs at least one type", field, "$type", 9);
        for (const View name : operand.elements()) types.add(parse_type_name(field, name));
    } else {
        types = parse_type_name(field, operand);
    }
    return make_leaf(field, std::make_unique<TypeTest>(types));
}

constexpr auto operators = std::to_array<FieldOperator>({
    {"$exists", parse_exists},
    {"$type", parse_type},
});

}  // namespace

std::span<const FieldOperator> element_conditions() {
    return operators;
}

}  // namespace sheaf::query
