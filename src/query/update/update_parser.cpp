#include "query/update/update_parser.hpp"

#include <algorithm>

#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// MongoDB's number for a null byte in the new name of $rename.
constexpr int null_byte_in_name = 9867600;

const UpdateOperator& find_operator(std::string_view key, View operand) {
    if (const UpdateOperator* found = find_update_operator(key)) return *found;
    const std::string name(key);
    if (!is_operator(key)) {
        fail(Code::invalid_update,
             "\"" + name + "\" is not an operator; an update consists of operators such as $set, " +
                 "and a whole new document is for replace",
             key);
    }
    std::string at;
    if (operand.is_object() && operand.size() > 0) at = " at " + std::string((*operand.members().begin()).key);
    fail(Code::invalid_update, "unknown operator \"" + name + "\"" + at, {}, key);
}

// Neither path of $rename may depend on the document.
std::vector<UpdatePart> parse_rename_path(const Target& target, const Limits& limits) {
    for (const PathPart& part : parse_path(target.path, limits)) {
        if (part.key == "$" || (part.key.starts_with("$[") && part.key.ends_with(']'))) {
            refuse(Code::invalid_update, 2, target, "the path cannot have the part \"" + part.key + "\"");
        }
    }
    ArrayFilters none({}, limits);
    return parse_update_path(target, none, limits);
}

}  // namespace

ParsedUpdate::ParsedUpdate(View update, const Settings& settings, std::span<const Document> array_filters)
    : filters_(array_filters, settings) {
    for (const auto& [key, operand] : update.members()) {
        parse_operator(find_operator(key, operand), operand, settings);
    }
    filters_.check_all_used();
}

void ParsedUpdate::parse_operator(const UpdateOperator& op, View operand, const Settings& settings) {
    if (!operand.is_object()) {
        fail(Code::invalid_update,
             std::string(op.name) + " needs an object of paths and values, not " + with_article(operand.type()), {},
             op.name);
    }
    using Role = Modification::Role;
    for (const auto& [path, value] : operand.members()) {
        const Target target{op.name, path};
        if (op.parse == nullptr) {
            parse_rename(target, value, settings);
            continue;
        }
        auto parts = parse_update_path(target, filters_, settings.limits);
        add({std::string(op.name), std::string(path), std::move(parts),
             op.only_on_insert ? Role::insert_only : Role::act, op.parse(value, target, settings)});
    }
}

void ParsedUpdate::parse_rename(const Target& target, View operand, const Settings& settings) {
    if (operand.type() != Type::string) {
        refuse(Code::invalid_update, 2, target, "the new name is " + describe(operand) + ", not a string");
    }
    const std::string_view name = operand.string();
    if (name.find('\0') != std::string_view::npos) {
        refuse(Code::invalid_update, null_byte_in_name, target, "the new name has a null byte");
    }
    if (name == target.path) refuse(Code::invalid_update, 2, target, "the new name is the old one");
    auto from = parse_rename_path(target, settings.limits);
    auto to = parse_rename_path({target.op, name}, settings.limits);
    const std::string op(target.op);
    const std::size_t slot = renames_++;
    const Modification& source =
        add({op, std::string(target.path), std::move(from), Modification::Role::take, nullptr, slot});
    insert_modification(sources_, source);
    add({op, std::string(name), std::move(to), Modification::Role::put, nullptr, slot});
}

const Modification& ParsedUpdate::add(Modification modification) {
    const Modification& added = modifications_.emplace_back(std::move(modification));
    insert_modification(tree_, added);
    return added;
}

bool ParsedUpdate::needs_matched_index() const {
    return std::any_of(modifications_.begin(), modifications_.end(), [](const Modification& modification) {
        return std::any_of(modification.path.begin(), modification.path.end(),
                           [](const UpdatePart& part) { return part.kind == UpdatePart::Kind::matched; });
    });
}

}  // namespace sheaf::query
