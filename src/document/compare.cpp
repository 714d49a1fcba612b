// The total order over values; see view.hpp.
#include <cmath>

#include <sheaf/view.hpp>

#include "document/head.hpp"

namespace sheaf {

namespace {

// Types that compare by value with each other have one rank.
int rank(Type type) {
    constexpr int ranks[] = {
        0,  // missing
        1,  // null
        2,  // integer
        2,  // number
        3,  // string
        4,  // object
        5,  // array
        6,  // bytes
        7,  // object id
        8,  // boolean
        9,  // datetime
    };
    return ranks[static_cast<std::size_t>(type)];
}

std::weak_ordering compare_doubles(double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(b) <=> std::isnan(a);
    return a < b ? std::weak_ordering::less : a > b ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

std::weak_ordering compare_mixed(std::int64_t a, double b) {
    if (std::isnan(b)) return std::weak_ordering::greater;
    if (b >= 9223372036854775808.0) return std::weak_ordering::less;
    if (b < -9223372036854775808.0) return std::weak_ordering::greater;
    const double whole = std::trunc(b);
    const auto integral = static_cast<std::int64_t>(whole);
    if (a != integral) return a <=> integral;
    return compare_doubles(0, b - whole);
}

std::weak_ordering compare_numbers(View a, Type type_a, View b, Type type_b) {
    if (type_a == Type::integer) {
        if (type_b == Type::integer) return a.integer() <=> b.integer();
        return compare_mixed(a.integer(), b.number());
    }
    if (type_b == Type::number) return compare_doubles(a.number(), b.number());
    return 0 <=> compare_mixed(b.integer(), a.number());
}

std::weak_ordering compare_bytes(BytesView a, BytesView b) {
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a <=> b;
}

std::weak_ordering compare_at(View a, View b, int depth);

std::weak_ordering compare_arrays(View a, View b, int depth) {
    auto left = a.elements().begin();
    auto right = b.elements().begin();
    for (; left != nullptr && right != nullptr; ++left, ++right) {
        if (const auto order = compare_at(*left, *right, depth); order != 0) return order;
    }
    return (left != nullptr) <=> (right != nullptr);
}

std::weak_ordering compare_objects(View a, View b, int depth) {
    auto left = a.members().begin();
    auto right = b.members().begin();
    for (; left != nullptr && right != nullptr; ++left, ++right) {
        const auto [key_a, value_a] = *left;
        const auto [key_b, value_b] = *right;
        if (const auto order = rank(value_a.type()) <=> rank(value_b.type()); order != 0) return order;
        if (const auto order = key_a <=> key_b; order != 0) return order;
        if (const auto order = compare_at(value_a, value_b, depth); order != 0) return order;
    }
    return (left != nullptr) <=> (right != nullptr);
}

std::weak_ordering compare_at(View a, View b, int depth) {
    if (depth > max_stored_depth) throw_corrupt("nesting without end");
    const Type type_a = a.type();
    const Type type_b = b.type();
    if (rank(type_a) != rank(type_b)) return rank(type_a) <=> rank(type_b);
    switch (type_a) {
        case Type::missing:
        case Type::null:
            return std::weak_ordering::equivalent;
        case Type::integer:
        case Type::number:
            return compare_numbers(a, type_a, b, type_b);
        case Type::string:
            return a.string() <=> b.string();
        case Type::object:
            return compare_objects(a, b, depth + 1);
        case Type::array:
            return compare_arrays(a, b, depth + 1);
        case Type::bytes:
            return compare_bytes(a.bytes(), b.bytes());
        case Type::object_id:
            return a.object_id() <=> b.object_id();
        case Type::boolean:
            return a.boolean() <=> b.boolean();
        case Type::datetime:
            return a.datetime() <=> b.datetime();
    }
    return std::weak_ordering::equivalent;
}

}  // namespace

std::weak_ordering compare(View a, View b) {
    return compare_at(a, b, 0);
}

}  // namespace sheaf
