#include <array>

#include "query/expression/numbers/integers.hpp"
#include "query/filter/field_operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

class ModTest final : public ValueTest {
public:
    ModTest(std::int64_t divisor, std::int64_t remainder) : divisor_(divisor), remainder_(remainder) {}
    bool test(View value) const override {
        if (!value.is_number()) return false;
        const std::optional<std::int64_t> dividend = truncated(value);
        // The least integer divided by -1 would overflow.
        return dividend && (divisor_ == -1 ? 0 : *dividend % divisor_) == remainder_;
    }
    Kind kind() const override { return Kind::mod; }
    std::optional<ValueBounds> bounds() const override { return ValueBounds{Intervals::of_type(Type::number)}; }

private:
    std::int64_t divisor_;
    std::int64_t remainder_;
};

NodePtr parse_mod(const FilterField& field, View operand, const FilterContext&) {
    if (!operand.is_array() || operand.size() != 2) {
        refuse("needs an array of a divisor and a remainder", field, "$mod");
    }
    std::array<std::int64_t, 2> numbers{};
    auto next = numbers.begin();
    for (const View element : operand.elements()) {
        const std::optional<std::int64_t> number = element.is_number() ? truncated(element) : std::nullopt;
        if (!number) refuse("needs numbers within 64 bits, not " + describe(element), field, "$mod");
        *next++ = *number;
    }
    if (numbers[0] == 0) refuse("cannot divide by zero", field, "$mod");
    return make_leaf(field, std::make_unique<ModTest>(numbers[0], numbers[1]));
}

constexpr auto operators = std::to_array<FieldOperator>({{"$mod", parse_mod}});

}  // namespace

std::span<const FieldOperator> number_conditions() {
    return operators;
}

}  // namespace sheaf::query
