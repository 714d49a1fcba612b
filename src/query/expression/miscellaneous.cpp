#include <algorithm>
#include <bit>
#include <string>

#include "base/clock.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

ExpressionPtr parse_literal(View operand, ExpressionParser&, std::string_view) {
    return make_constant(operand);
}

// No constant, although it has no arguments: each evaluation gives another number.
class Rand final : public Expression {
public:
    Rand() : random_(system_random()) {}
    // Equally likely multiples of 2^-53 in [0, 1).
    View evaluate(Evaluation& evaluation) const override {
        std::array<unsigned char, sizeof(std::uint64_t)> bytes{};
        random_->fill(bytes);
        const auto bits = std::bit_cast<std::uint64_t>(bytes);
        return evaluation.scratch().number(static_cast<double>(bits >> 11) * 0x1p-53);
    }

private:
    std::shared_ptr<Random> random_;
};

ExpressionPtr parse_rand(View operand, ExpressionParser&, std::string_view name) {
    if (!operand.is_array() && !operand.is_object()) {
        fail_expression(10065, name, "takes an empty object, not " + describe(operand));
    }
    if (operand.size() > 0) fail_expression(3040501, name, "takes no arguments");
    return std::make_unique<Rand>();
}

// What $meta can ask for, and what a query gives that does not provide it; none of sheaf's does.
enum class Absence {
    error,        // MongoDB says that it is not available
    missing,      // there is no value
    unsupported,  // MongoDB always has it, sheaf does not
};

struct Metadata {
    std::string_view name;
    Absence absence;
};

constexpr Metadata metadata[] = {
    {"geoNearDistance", Absence::error},
    {"geoNearPoint", Absence::error},
    {"indexKey", Absence::missing},  // of a scan without an index, which all scans are
    {"randVal", Absence::missing},
    {"recordId", Absence::unsupported},
    {"score", Absence::error},
    {"scoreDetails", Absence::error},
    {"searchHighlights", Absence::missing},
    {"searchScore", Absence::missing},
    {"searchScoreDetails", Absence::missing},
    {"searchSequenceToken", Absence::missing},
    {"sortKey", Absence::unsupported},
    {"textScore", Absence::error},
    {"vectorSearchScore", Absence::missing},
};

ExpressionPtr parse_meta(View operand, ExpressionParser&, std::string_view name) {
    if (operand.type() != Type::string) fail_expression(17307, name, "takes a name, not " + describe(operand));
    const auto found = std::find_if(std::begin(metadata), std::end(metadata),
                                    [&](const Metadata& known) { return known.name == operand.string(); });
    if (found == std::end(metadata)) fail_expression(17308, name, "does not know " + describe(operand));
    const std::string what(found->name);
    if (found->absence == Absence::error) fail_expression(40218, name, "has no " + what + " in this query");
    if (found->absence == Absence::unsupported) fail(Code::unsupported, "$meta does not support " + what, {}, name);
    return make_constant(View());
}

std::int64_t bson_size(View value);

std::int64_t decimal_digits(std::size_t number) {
    return number < 10 ? 1 : 1 + decimal_digits(number / 10);
}

std::int64_t bson_document_size(View value) {
    constexpr std::int64_t length_and_end = 5;
    constexpr std::int64_t type_and_end_of_name = 2;
    std::int64_t size = length_and_end;
    if (value.is_object()) {
        for (const auto& [key, member] : value.members()) {
            size += type_and_end_of_name + static_cast<std::int64_t>(key.size()) + bson_size(member);
        }
        return size;
    }
    std::size_t index = 0;
    for (const View element : value.elements()) {
        size += type_and_end_of_name + decimal_digits(index++) + bson_size(element);
    }
    return size;
}

// The bytes that a value takes in BSON, without its type and its name.
std::int64_t bson_size(View value) {
    switch (value.type()) {
        case Type::missing:
        case Type::null:
            return 0;
        case Type::boolean:
            return 1;
        case Type::integer:
            return value.is_long() ? 8 : 4;
        case Type::number:
        case Type::datetime:
            return 8;
        case Type::object_id:
            return 12;
        case Type::string:
            return static_cast<std::int64_t>(value.string().size()) + 5;
        case Type::bytes:
            return static_cast<std::int64_t>(value.bytes().size()) + 5;
        case Type::object:
        case Type::array:
            return bson_document_size(value);
    }
    return 0;
}

View bson_size_of_object(Evaluation& evaluation, Arguments arguments) {
    if (is_nullish(arguments[0])) return null_value();
    if (!arguments[0].is_object()) {
        fail_expression(31393, "$bsonSize", "takes an object, not " + describe(arguments[0]));
    }
    evaluation.charge_walk(arguments[0]);
    return evaluation.scratch().integer(bson_size(arguments[0]));
}

View binary_size(Evaluation& evaluation, Arguments arguments) {
    const View value = arguments[0];
    if (is_nullish(value)) return null_value();
    if (value.type() != Type::string && value.type() != Type::bytes) {
        fail_expression(51276, "$binarySize", "takes a string or bytes, not " + describe(value));
    }
    const std::size_t size = value.type() == Type::string ? value.string().size() : value.bytes().size();
    return evaluation.scratch().integer(static_cast<std::int64_t>(size));
}

constexpr Function functions[] = {
    {"$binarySize", 1, 1, binary_size},
    {"$bsonSize", 1, 1, bson_size_of_object},
};

constexpr Form forms[] = {
    {"$const", parse_literal},
    {"$literal", parse_literal},
    {"$meta", parse_meta},
    {"$rand", parse_rand},
};

}  // namespace

Family miscellaneous_operators() {
    return {functions, forms};
}

}  // namespace sheaf::query
