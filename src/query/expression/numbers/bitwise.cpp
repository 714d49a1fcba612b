#include "query/expression/numbers/arithmetic.hpp"
#include "query/expression/numbers/numbers.hpp"

namespace sheaf::query {

namespace {

void require_integer(View value, std::string_view op) {
    if (value.type() != Type::integer) refuse_type(value, op, "integers");
}

struct Gate {
    std::string_view name;
    std::int64_t of_none;
    std::int64_t (*join)(std::int64_t a, std::int64_t b);
};

constexpr Gate and_gate{"$bitAnd", -1, [](std::int64_t a, std::int64_t b) { return a & b; }};
constexpr Gate or_gate{"$bitOr", 0, [](std::int64_t a, std::int64_t b) { return a | b; }};
constexpr Gate xor_gate{"$bitXor", 0, [](std::int64_t a, std::int64_t b) { return a ^ b; }};

template <const Gate& gate>
View join(Evaluation& evaluation, Arguments arguments) {
    std::int64_t bits = gate.of_none;
    Width widest = Width::int32;
    for (const View argument : arguments) {
        if (is_nullish(argument)) return null_value();
        require_integer(argument, gate.name);
        bits = gate.join(bits, argument.integer());
        widest = std::max(widest, width(argument));
    }
    return make_integer(evaluation.scratch(), bits, widest);
}

View bit_not(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    require_number(arguments[0], "$bitNot");
    require_integer(arguments[0], "$bitNot");
    return make_integer(evaluation.scratch(), ~arguments[0].integer(), width(arguments[0]));
}

constexpr Function functions[] = {
    {"$bitAnd", 0, any_number, join<and_gate>},
    {"$bitOr", 0, any_number, join<or_gate>},
    {"$bitXor", 0, any_number, join<xor_gate>},
    {"$bitNot", 1, 1, bit_not},
};

}  // namespace

std::span<const Function> bitwise_functions() {
    return functions;
}

}  // namespace sheaf::query
