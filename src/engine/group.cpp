// What <sheaf/group.hpp> declares beside values: names, and groups as documents.
#include <sheaf/error.hpp>
#include <sheaf/group.hpp>

#include <algorithm>
#include <array>

namespace sheaf {

namespace {

constexpr std::array<std::string_view, 5> names{"count", "sum", "avg", "min", "max"};  // in the order of Aggregate

bool is_equal_but_for_case(std::string_view text, std::string_view lower) {
    const auto to_lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                      [&](char a, char b) { return to_lower(a) == b; });
}

}  // namespace

std::string_view name(Aggregate aggregate) {
    return names.at(static_cast<std::size_t>(aggregate));
}

Aggregate aggregate_named(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (is_equal_but_for_case(name, names[i])) return static_cast<Aggregate>(i);
    }
    throw Error(Code::invalid_argument,
                "there is no aggregate \"" + std::string(name) + "\"; there are count, sum, avg, min and max",
                {.op = std::string(name)});
}

std::string name(const FieldAggregate& aggregate) {
    if (!aggregate.as.empty()) return aggregate.as;
    std::string text(name(aggregate.op));
    return aggregate.field.empty() ? text : text + "_" + aggregate.field;
}

Document to_document(const Group& group, const std::vector<std::string>& fields,
                     const std::vector<FieldAggregate>& aggregates) {
    if (group.keys.size() != fields.size() || group.values.size() != aggregates.size()) {
        throw Error(Code::invalid_argument, "the group was made of other fields or aggregates");
    }
    Object members;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (group.keys[i]) members.append(fields[i], *group.keys[i]);
    }
    for (std::size_t i = 0; i < aggregates.size(); ++i) members.append(name(aggregates[i]), group.values[i]);
    return Document(members);
}

}  // namespace sheaf
