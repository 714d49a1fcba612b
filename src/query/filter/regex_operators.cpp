#include <array>

#include "query/filter/field_operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

class RegexTest final : public ValueTest {
public:
    explicit RegexTest(Regex regex) : regex_(std::move(regex)) {}
    bool test(View value) const override {
        const std::optional<std::string_view> text = value ? raw::text(value) : std::nullopt;
        return text && regex_.matches(*text);
    }
    Kind kind() const override { return Kind::regex; }
    std::optional<ValueBounds> bounds() const override {
        return ValueBounds{Intervals::strings_with(regex_.literal_prefix())};
    }

private:
    Regex regex_;
};

std::string_view parse_text(const FilterField& field, View operand, std::string_view op) {
    if (operand.type() != Type::string) refuse("needs a string, not " + with_article(operand.type()), field, op);
    return operand.string();
}

NodePtr parse_regex(const FilterField& field, View operand, const FilterContext& context) {
    const std::string_view pattern = parse_text(field, operand, "$regex");
    const View options = field.operators["$options"];
    const std::string_view letters = options ? parse_text(field, options, "$options") : std::string_view();
    try {
        Regex regex = Regex::compile(pattern, letters, context.limits());
        return make_leaf(field, std::make_unique<RegexTest>(std::move(regex)));
    } catch (const Error& error) {
        refuse_pattern(error, "$regex at " + std::string(field.text));
    }
}

// $regex reads it; here only that there is one.
NodePtr parse_options(const FilterField& field, View, const FilterContext&) {
    if (!field.operators["$regex"]) refuse("belongs to a $regex, which is not there", field, "$options");
    return nullptr;
}

constexpr auto operators = std::to_array<FieldOperator>({
    {"$regex", parse_regex},
    {"$options", parse_options},
});

}  // namespace

std::span<const FieldOperator> regex_conditions() {
    return operators;
}

void refuse_pattern(const Error& error, std::string_view where) {
    const Code code = error.code() == Code::invalid_argument ? Code::invalid_filter : error.code();
    throw Error(code, std::string(where) + ": " + std::string(error.message()), error.details());
}

}  // namespace sheaf::query
