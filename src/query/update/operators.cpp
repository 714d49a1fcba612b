#include "query/update/operators.hpp"

#include <algorithm>
#include <array>

#include "document/encoder.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

constexpr auto operators = std::to_array<UpdateOperator>({
    {"$set", parse_set},
    {"$unset", parse_unset},
    {"$setOnInsert", parse_set, true},
    {"$rename", nullptr},
    {"$min", parse_min},
    {"$max", parse_max},
    {"$currentDate", parse_current_date},
    {"$inc", parse_inc},
    {"$mul", parse_mul},
    {"$bit", parse_bit},
    {"$push", parse_push},
    {"$addToSet", parse_add_to_set},
    {"$pop", parse_pop},
    {"$pull", parse_pull},
    {"$pullAll", parse_pull_all},
});

}  // namespace

const UpdateOperator* find_update_operator(std::string_view name) {
    const auto found =
        std::find_if(operators.begin(), operators.end(), [&](const UpdateOperator& op) { return op.name == name; });
    return found == operators.end() ? nullptr : &*found;
}

void refuse(Code code, int mongo, const Target& target, std::string_view message) {
    fail(code, mongo, std::string(target.op) + " at " + std::string(target.path) + ": " + std::string(message),
         target.path, target.op);
}

void Budget::spend(std::size_t bytes, const Target& target) {
    if (bytes > left_) {
        refuse(Code::limit_exceeded, 0, target,
               "the updated document would be over the limit of " + std::to_string(limit_) + " bytes");
    }
    left_ -= bytes;
}

void refuse_value(int mongo, const Target& target, const Value& value, std::string_view wanted) {
    const Bytes bytes = encode(value);
    refuse(Code::type_mismatch, mongo, target,
           "the value is " + describe(View(bytes)) + ", not " + std::string(wanted));
}

}  // namespace sheaf::query
