#include "support/naive_predicate.hpp"

#include <algorithm>
#include <cmath>

#include <sheaf/error.hpp>

#include "document/predicate_testing.hpp"

namespace sheaf::testing_support {

namespace {

using Path = std::span<const std::string>;

void check_paths(const Predicate& predicate) {
    using Kind = Predicate::Kind;
    if (predicate.kind == Kind::compare || predicate.kind == Kind::exists) check_path(predicate.path);
    for (const Predicate& part : predicate.parts) check_paths(part);
}

}  // namespace

bool naively_holds(const Predicate& predicate, View document) {
    check_paths(predicate);
    return holds(predicate, document);
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
