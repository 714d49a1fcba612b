// For tests: what a Predicate says, worked out slowly and plainly, and random documents and predicates to ask about.
// Threads: free functions; one thread for each RandomDocuments.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <sheaf/predicate.hpp>
#include <sheaf/value.hpp>
#include <sheaf/view.hpp>

#include "document/encoder.hpp"

namespace sheaf {

// The values that a path leads to, as predicate.hpp says; missing ones too.
inline void add_values(View value, std::span<const std::string> path, std::vector<View>& out) {
    if (path.empty()) {
        out.push_back(value);
        if (!value || !value.is_array()) return;
        for (const View element : value.elements()) out.push_back(element);
    } else if (!value.is_array()) {
        const View member = value[path.front()];
        member ? add_values(member, path.subspan(1), out) : out.push_back(View());
    } else {
        for (const View element : value.elements()) {
            if (element.is_object()) add_values(element, path, out);
        }
    }
}

inline bool is_in_relation(View value, Predicate::Op op, View operand) {
    if (operand.is_null()) return !value || value.is_null();
    if (!value) return false;
    const bool comparable = operand.is_number() ? value.is_number() : value.type() == operand.type();
    if (!comparable || (value.is_number() && std::isnan(value.number()))) return false;
    const std::weak_ordering order = compare(value, operand);
    switch (op) {
        case Predicate::Op::eq:
            return order == 0;
        case Predicate::Op::lt:
            return order < 0;
        case Predicate::Op::lte:
            return order <= 0;
        case Predicate::Op::gt:
            return order > 0;
        case Predicate::Op::gte:
            return order >= 0;
    }
    return false;
}

inline bool holds(const Predicate& predicate, View document) {
    const auto part_holds = [&](const Predicate& part) { return holds(part, document); };
    const std::vector<Predicate>& parts = predicate.parts;
    std::vector<View> values;
    add_values(document, predicate.path, values);
    switch (predicate.kind) {
        case Predicate::Kind::always:
            return true;
        case Predicate::Kind::never:
            return false;
        case Predicate::Kind::all:
            return std::all_of(parts.begin(), parts.end(), part_holds);
        case Predicate::Kind::any:
            return std::any_of(parts.begin(), parts.end(), part_holds);
        case Predicate::Kind::none:
            return std::none_of(parts.begin(), parts.end(), part_holds);
        case Predicate::Kind::exists:
            return std::any_of(values.begin(), values.end(), [](View value) { return static_cast<bool>(value); });
        case Predicate::Kind::compare:
            return std::any_of(values.begin(), values.end(),
                               [&](View value) { return is_in_relation(value, predicate.op, View(predicate.value)); });
    }
    return false;
}

// Over few keys and values, so that they often meet, and with all that is awkward.
class RandomDocuments {
public:
    explicit RandomDocuments(std::mt19937_64& random) : random_(random) {}

    template <typename T>
    T pick(std::initializer_list<T> choices) {
        return choices.begin()[random_() % choices.size()];
    }
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    // Of those that a predicate can compare with.
    Value operand() {
        switch (random_() % 4) {
            case 0:
                return number();
            case 1:
                return text();
            case 2:
                return pick<Value>({Value(), true, false});
            default:
                return static_cast<std::int64_t>(random_() % 4);
        }
    }

    Value scalar() {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        switch (random_() % 32) {
            case 0:
                return pick<double>({std::nan(""), infinity, -infinity});
            case 1:
                return std::string("a\0b", 3);
            case 2:
                return DateTime{static_cast<std::int64_t>(random_() % 3)};
            case 3:
                return Binary{Bytes(random_() % 3, 'x')};
            case 4:
                return ObjectId{};
            default:
                return operand();
        }
    }

    Value value(int depth) {
        const auto kind = depth == 0 ? 0 : random_() % 6;
        if (kind < 2) return scalar();
        return kind < 4 ? Value(array(depth - 1)) : Value(document(depth - 1));
    }

    Array array(int depth) {
        Array elements;
        for (auto count = random_() % 4; count > 0; --count) elements.push_back(value(depth));
        return elements;
    }

    Object document(int depth) {
        Object members;
        for (const char* key : {"a", "b", "c"}) {
            if (random_() % 5 < 3) members.append(key, value(depth));
        }
        for (auto count = random_() % 3; count > 0; --count) {
            const std::string odd = random_() % 2 == 0 ? key() : std::string(unreachable_key(members));
            if (members.find(odd) == nullptr) members.append(odd, value(depth));
        }
        return members;
    }

    std::vector<std::string> path() {
        std::vector<std::string> keys{key()};
        while (keys.size() < 4 && random_() % 2 == 0) keys.push_back(pick<const char*>({"a", "b", "c"}));
        if (random_() % 8 == 0) keys.push_back(key());
        return keys;
    }

    Predicate predicate(int depth) {
        using Kind = Predicate::Kind;
        if (depth > 0 && random_() % 2 == 0) {
            Predicate joined{.kind = pick({Kind::all, Kind::any, Kind::none})};
            for (auto count = random_() % 4; count > 0; --count) joined.parts.push_back(predicate(depth - 1));
            return joined;
        }
        if (random_() % 32 == 0) return {.kind = pick({Kind::always, Kind::never})};
        if (random_() % 6 == 0) return {.kind = Kind::exists, .path = path()};
        using Op = Predicate::Op;
        const Value operand = this->operand();
        const bool ordered = operand.type() != Type::null && operand.type() != Type::boolean;
        const Op op = ordered ? pick({Op::eq, Op::eq, Op::lt, Op::lte, Op::gt, Op::gte}) : Op::eq;
        return {.kind = Kind::compare, .path = path(), .op = op, .value = encode(operand)};
    }

private:
    Value number() {
        constexpr std::int64_t edge = std::int64_t{1} << 53;
        switch (random_() % 8) {
            case 0:
                return edge - 1 + static_cast<std::int64_t>(random_() % 4);
            case 1:
                return static_cast<double>(edge - 1 + static_cast<std::int64_t>(random_() % 4));
            case 2:
                return pick<std::int64_t>({INT64_MAX, INT64_MIN, INT64_MAX - 1, -edge - 1, INT32_MAX});
            case 3:
                return pick<double>({0x1p63, -0x1p63, 1e300, -1e23, 1e23, 5e-324, 1.7976931348623157e308});
            case 4:
                return Value::long_integer(static_cast<std::int64_t>(random_() % 4));
            default:
                return pick<double>({0.0, -0.0, 1.0, 1.5, 0.1, 0.30000000000000004, 0.3, -1.5, 2.0});
        }
    }

    Value text() {
        return pick<const char*>({"", "a", "ab", "b", "A", "\"", "\\", "a\nb", "\x01", "\x7F", "\xC3\xA9",
                                  "\xEF\xBF\xBF", "\xF0\x9F\x98\x80", "\xED\x9F\xBF", "$v0", "1", "null"});
    }

    std::string key() {
        if (random_() % 4 != 0) return pick<const char*>({"a", "b", "c"});
        return pick<const char*>({"quo\"te", "back\\slash", "*", "\x01", "\x7F", "new\nline", "a b", "@", "?", "'",
                                  "\xC3\xA9", "\xF0\x9F\x98\x80", "\xEF\xBF\xBF", "type()", "\\u0061", "/", "type"});
    }

    // One that no path leads to. An object cannot begin with "$date".
    std::string unreachable_key(const Object& before) {
        if (before.empty()) return pick<const char*>({"", "0", "a.b", "$k"});
        return pick<const char*>({"", "0", "a.b", "$k", "$date", "$oid"});
    }

    std::mt19937_64& random_;
};

}  // namespace sheaf
