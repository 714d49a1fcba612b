#include "support/naive_predicate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include <sheaf/error.hpp>

namespace sheaf::testing_support {

namespace {

using Path = std::span<const std::string>;

// Visits a missing value where the path stops short, but for what stands in an array and is no object.
bool any_at(View value, Path path, const std::function<bool(View)>& visit) {
    if (!value) return visit(value);
    if (value.is_array()) {
        for (const View element : value.elements()) {
            if (path.empty() ? visit(element) : element.is_object() && any_at(element, path, visit)) return true;
        }
        return path.empty() && visit(value);
    }
    if (path.empty()) return visit(value);
    return any_at(value.is_object() ? value[path.front()] : View(), path.subspan(1), visit);
}

bool same_kind(View a, View b) {
    return a.is_number() ? b.is_number() : a.type() == b.type();
}

bool stands(View value, Predicate::Op op, View operand) {
    if (!value) return operand.is_null();
    if (!same_kind(value, operand)) return false;
    const auto order = compare(value, operand);
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

}  // namespace

bool naively_holds(const Predicate& predicate, View document) {
    const auto holds = [&](const Predicate& part) { return naively_holds(part, document); };
    const auto& parts = predicate.parts;
    switch (predicate.kind) {
        case Predicate::Kind::always:
            return true;
        case Predicate::Kind::never:
            return false;
        case Predicate::Kind::all:
            return std::all_of(parts.begin(), parts.end(), holds);
        case Predicate::Kind::any:
            return std::any_of(parts.begin(), parts.end(), holds);
        case Predicate::Kind::none:
            return std::none_of(parts.begin(), parts.end(), holds);
        case Predicate::Kind::compare:
            check_path(predicate.path);
            return any_at(document, predicate.path,
                          [&](View value) { return stands(value, predicate.op, View(predicate.value)); });
        case Predicate::Kind::exists:
            check_path(predicate.path);
            return any_at(document, predicate.path, [](View value) { return static_cast<bool>(value); });
    }
    return false;
}

std::optional<View> plain_value(View document, Path path) {
    View value = document;
    for (const std::string& key : path) {
        if (value && value.is_array()) return std::nullopt;
        value = value && value.is_object() ? value[key] : View();
    }
    if (value && value.is_array()) return std::nullopt;
    return value;
}

bool has_odd_number(View value) {
    if (value.type() == Type::number) return !std::isfinite(value.number());
    if (value.is_array()) {
        for (const View element : value.elements()) {
            if (has_odd_number(element)) return true;
        }
    }
    if (value.is_object()) {
        for (const auto& [key, member] : value.members()) {
            if (has_odd_number(member)) return true;
        }
    }
    return false;
}

void check_path(Path path) {
    const auto is_refused = [](const std::string& key) {
        return key.find_first_not_of("0123456789") == std::string::npos || key.front() == '$';
    };
    if (!path.empty() && std::none_of(path.begin(), path.end(), is_refused)) return;
    throw Error(Code::internal, "a backend is asked about a path that it need not understand");
}

}  // namespace sheaf::testing_support
