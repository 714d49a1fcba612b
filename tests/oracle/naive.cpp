#include "oracle/naive.hpp"

#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sheaf::oracle {

namespace {

constexpr int unordered = 2;  // NaN beside another number

// MongoDB's classes of types, in its order; missing is not a class: comparisons treat it as null or not at all.
int rank(const Value& value) {
    switch (value.type()) {
        case Type::missing:
        case Type::null:
            return 0;
        case Type::integer:
        case Type::number:
            return 1;
        case Type::string:
            return 2;
        case Type::object:
            return 3;
        case Type::array:
            throw std::invalid_argument("the naive matcher knows no arrays");
        case Type::bytes:
            return 5;
        case Type::object_id:
            return 6;
        case Type::boolean:
            return 7;
        case Type::datetime:
            break;
    }
    return 8;
}

template <typename T>
int sign(const T& a, const T& b) {
    return a < b ? -1 : (b < a ? 1 : 0);
}

// Holds every int64 and every double exactly, where its mantissa has 64 bits; else both go the long way.
long double exact(const Value& value) {
    return value.type() == Type::integer ? static_cast<long double>(value.as_integer().value)
                                         : static_cast<long double>(value.as_number());
}
static_assert(__LDBL_MANT_DIG__ >= 64);

int order(const Value& a, const Value& b);

int order_numbers(const Value& a, const Value& b, bool inside) {
    const bool nan_a = std::isnan(exact(a));
    const bool nan_b = std::isnan(exact(b));
    if (nan_a && nan_b) return 0;
    if (nan_a || nan_b) return inside ? (nan_a ? -1 : 1) : unordered;
    return sign(exact(a), exact(b));
}

int order_objects(const Object& a, const Object& b) {
    const Member* left = a.begin();
    const Member* right = b.begin();
    for (; left != a.end() && right != b.end(); ++left, ++right) {
        if (const int types = sign(rank(left->value), rank(right->value)); types != 0) return types;
        if (const int keys = sign(left->key, right->key); keys != 0) return keys;
        if (const int values = order(left->value, right->value); values != 0) return values;
    }
    return sign(left != a.end(), right != b.end());
}

// Of two values of one class.
int order_within(const Value& a, const Value& b, bool inside) {
    switch (rank(a)) {
        case 1:
            return order_numbers(a, b, inside);
        case 2:
            return sign(a.as_string(), b.as_string());
        case 3:
            return order_objects(a.as_object(), b.as_object());
        case 5: {
            const std::string& left = a.as_binary().bytes;
            const std::string& right = b.as_binary().bytes;
            return left.size() != right.size() ? sign(left.size(), right.size()) : sign(left, right);
        }
        case 6:
            return sign(a.as_object_id().bytes, b.as_object_id().bytes);
        case 7:
            return sign(a.as_boolean(), b.as_boolean());
        case 8:
            return sign(a.as_datetime().ms, b.as_datetime().ms);
        default:
            return 0;
    }
}

// The total order, for what lies inside objects.
int order(const Value& a, const Value& b) {
    const int types = sign(rank(a), rank(b));
    return types != 0 ? types : order_within(a, b, true);
}

// Nothing: they are not of one class, and no comparison holds.
std::optional<int> compare_same_class(const std::optional<Value>& found, const Value& operand) {
    const Value value = found.value_or(Value());
    if (rank(value) != rank(operand)) return std::nullopt;
    const int result = order_within(value, operand, false);
    if (result == unordered) return std::nullopt;
    return result;
}

bool equals(const std::optional<Value>& found, const Value& operand) {
    return compare_same_class(found, operand) == 0;
}

bool is_one_of(const std::optional<Value>& found, const Value& list) {
    for (const Value& one : list.as_array()) {
        if (equals(found, one)) return true;
    }
    return false;
}

bool holds(const std::optional<Value>& found, const Value& condition);

bool holds(const std::optional<Value>& found, std::string_view op, const Value& operand) {
    const auto compared = [&] { return compare_same_class(found, operand); };
    if (op == "$eq") return equals(found, operand);
    if (op == "$ne") return !equals(found, operand);
    if (op == "$gt") return compared() == 1;
    if (op == "$lt") return compared() == -1;
    if (op == "$gte") return compared() == 1 || compared() == 0;
    if (op == "$lte") return compared() == -1 || compared() == 0;
    if (op == "$in") return is_one_of(found, operand);
    if (op == "$nin") return !is_one_of(found, operand);
    if (op == "$exists") return found.has_value() == operand.as_boolean();
    if (op == "$not") return !holds(found, operand);
    throw std::invalid_argument("the naive matcher does not know " + std::string(op));
}

bool holds(const std::optional<Value>& found, const Value& condition) {
    const bool operators =
        condition.is_object() && !condition.as_object().empty() && condition.as_object().begin()->key.starts_with('$');
    if (!operators) return equals(found, condition);
    for (const auto& [op, operand] : condition.as_object()) {
        if (!holds(found, op, operand)) return false;
    }
    return true;
}

std::optional<Value> at(const Object& document, std::string_view path) {
    const std::size_t dot = path.find('.');
    const Value* found = document.find(path.substr(0, dot));
    if (found == nullptr) return std::nullopt;
    if (dot == std::string_view::npos) return *found;
    if (!found->is_object()) return std::nullopt;
    return at(found->as_object(), path.substr(dot + 1));
}

std::size_t count_matching(const Object& document, const Value& filters) {
    std::size_t count = 0;
    for (const Value& one : filters.as_array()) count += naively_matches(document, one.as_object()) ? 1 : 0;
    return count;
}

}  // namespace

bool naively_matches(const Object& document, const Object& filter) {
    for (const auto& [key, operand] : filter) {
        bool matches = false;
        if (key == "$and") {
            matches = count_matching(document, operand) == operand.as_array().size();
        } else if (key == "$or") {
            matches = count_matching(document, operand) > 0;
        } else if (key == "$nor") {
            matches = count_matching(document, operand) == 0;
        } else {
            matches = holds(at(document, key), operand);
        }
        if (!matches) return false;
    }
    return true;
}

}  // namespace sheaf::oracle
