#include "query/update/update.hpp"

#include <algorithm>
#include <array>

#include "document/encoder.hpp"
#include "query/operand.hpp"
#include "query/update/update_actions.hpp"

namespace sheaf::query {

struct Update::State {
    std::vector<Modification> modifications;  // in the order of application
};

namespace {

struct UpdateOperator {
    std::string_view name;
    ParseAction* parse;
};

constexpr auto operators = std::to_array<UpdateOperator>({
    {"$set", parse_set},
    {"$unset", parse_unset},
    {"$inc", parse_inc},
    {"$push", parse_push},
    {"$pull", parse_pull},
});

// MongoDB's operators that sheaf does not have yet: they are refused as such, not as misspelt.
constexpr auto future_operators = std::to_array<std::string_view>({
    "$mul",
    "$min",
    "$max",
    "$rename",
    "$setOnInsert",
    "$currentDate",
    "$addToSet",
    "$pop",
    "$pullAll",
    "$bit",
});

[[noreturn]] void refuse(std::string_view message, std::string_view path, std::string_view op) {
    fail(Code::invalid_update, message, path, op);
}

const UpdateOperator& find_operator(std::string_view key, View operand) {
    const auto found =
        std::find_if(operators.begin(), operators.end(), [&](const UpdateOperator& op) { return op.name == key; });
    if (found != operators.end()) return *found;
    const std::string name(key);
    if (!is_operator(key)) {
        refuse("\"" + name + "\" is not an operator; an update consists of operators such as $set, " +
                   "and a whole new document is for replace",
               key, {});
    }
    if (std::find(future_operators.begin(), future_operators.end(), key) != future_operators.end()) {
        refuse("operator " + name + " is not supported yet", {}, key);
    }
    std::string at;
    if (operand.is_object() && operand.size() > 0) at = " at " + std::string((*operand.members().begin()).key);
    refuse("unknown operator \"" + name + "\"" + at, {}, key);
}

void check_path(const Path& path, const Target& target) {
    const std::string where = std::string(target.op) + " at " + std::string(target.path) + ": ";
    if (has_empty_part(path)) {
        refuse(std::string(target.op) + ": the path \"" + std::string(target.path) + "\" has an empty part",
               target.path, target.op);
    }
    const std::string& first = path.front().key;
    if (system_field(first) != SystemField::none) {
        refuse(where + "the system field " + first + " cannot be changed", target.path, target.op);
    }
    for (const PathPart& part : path) {
        if (part.key == "$" || part.key.starts_with("$[")) {
            refuse(where + "the positional part \"" + part.key + "\" is not supported yet", target.path, target.op);
        }
    }
    if (is_operator(first)) refuse(where + "a path cannot begin with $", target.path, target.op);
}

void parse_operator(const UpdateOperator& op, View operand, const Limits& limits, std::vector<Modification>& out) {
    if (!operand.is_object()) {
        refuse(std::string(op.name) + " needs an object of paths and values, not " + with_article(operand.type()), {},
               op.name);
    }
    for (const auto& [path, value] : operand.members()) {
        const Target target{op.name, path};
        Path parts = parse_path(path, limits);
        check_path(parts, target);
        out.push_back({std::string(op.name), std::string(path), std::move(parts), op.parse(value, target, limits)});
    }
}

// The finished document. What an update has made may be more than a document can hold.
Document finish(const Value& root, Bytes bytes, const Limits& limits) {
    try {
        check_value(root, limits);
    } catch (const Error& error) {
        throw error.with_context("the updated document: ");
    }
    if (bytes.size() > limits.document_bytes) {
        fail(Code::limit_exceeded,
             "the updated document of " + std::to_string(bytes.size()) + " bytes is over the limit of " +
                 std::to_string(limits.document_bytes),
             {});
    }
    return Document::from_trusted(std::move(bytes));
}

// _id stays as it was, to the byte; setting it to an equal value is allowed.
void keep_id(Object& document, View before, const Modification& modification) {
    const Value* after = document.find("_id");
    const Bytes bytes = after == nullptr ? Bytes() : encode(*after);
    if (after != nullptr && compare(before, View(bytes)) == 0) {
        document.set("_id", before.to_value());
        return;
    }
    fail(Code::immutable_field,
         modification.op + " at " + modification.text + ": _id cannot be changed from " + describe(before) +
             (after == nullptr ? "" : " to " + describe(View(bytes))),
         modification.text, modification.op);
}

// `old_id` is missing where the document has none that must be kept.
void apply_all(const std::vector<Modification>& modifications, Value& root, View old_id, const Limits& limits) {
    Applier applier(limits);
    for (const Modification& modification : modifications) {
        const bool guarded = old_id && modification.path.front().key == "_id";
        if (guarded && modification.path.size() > 1 && modification.action->missing() != Action::Missing::permit) {
            fail(Code::immutable_field, modification.op + " at " + modification.text + ": _id cannot be changed",
                 modification.text, modification.op);
        }
        applier.apply(modification, root);
        if (guarded) keep_id(root.as_object(), old_id, modification);
    }
}

// The equalities of a filter as a document.
Value document_of(const Filter& filter, const Limits& limits) {
    std::vector<Modification> sets;
    for (const Filter::Equality& equality : filter.equalities()) {
        sets.push_back(
            {"the filter", equality.path, parse_path(equality.path, limits), make_set(equality.value.to_value())});
    }
    sort_modifications(sets);
    Value root = Object();
    Applier applier(limits);
    for (const Modification& set : sets) applier.apply(set, root);
    return root;
}

// The same members with _id in front.
Object with_id_first(Object object) {
    const Value* id = object.find("_id");
    if (id == nullptr || object.begin()->key == "_id") return object;
    Object result;
    result.append("_id", *id);
    for (Member& member : object) {
        if (member.key != "_id") result.append(std::move(member.key), std::move(member.value));
    }
    return result;
}

}  // namespace

Update::Update(Update&&) noexcept = default;
Update& Update::operator=(Update&&) noexcept = default;
Update::~Update() = default;
Update::Update(std::unique_ptr<State> state) : state_(std::move(state)) {}

Update Update::parse(View update, const Settings& settings, std::span<const Document> array_filters) {
    if (update.is_object()) return parse(Document::from_trusted(Bytes(update.encoded())), settings, array_filters);
    throw Error(Code::unsupported, "a pipeline update");
}

bool Update::needs_matched_index() const {
    return false;
}

Update Update::parse(const Document& update, const Settings& settings, std::span<const Document>) {
    const Limits& limits = settings.limits;
    check_size(update, "an update", limits);
    if (update.empty()) refuse("an update needs an operator such as $set; an empty document is for replace", {}, {});
    auto state = std::make_unique<State>();
    for (const auto& [key, operand] : update.view().members()) {
        parse_operator(find_operator(key, operand), operand, limits, state->modifications);
    }
    sort_modifications(state->modifications);
    return Update(std::move(state));
}

std::optional<Document> Update::apply(const Document& document, const Limits& limits,
                                      std::optional<std::size_t>) const {
    Value root = document.view().to_value();
    apply_all(state_->modifications, root, document["_id"], limits);
    Bytes bytes = encode(root);
    if (bytes == document.cbor()) return std::nullopt;
    return finish(root, std::move(bytes), limits);
}

Document Update::upserted(const Filter& filter, const Limits& limits) const {
    Value root = document_of(filter, limits);
    const Value* id = root.as_object().find("_id");
    const Bytes old_id = id == nullptr ? Bytes() : encode(*id);
    apply_all(state_->modifications, root, id == nullptr ? View() : View(old_id), limits);
    root = with_id_first(std::move(root.as_object()));
    return finish(root, encode(root), limits);
}

Document upserted_replacement(const Filter& filter, const Document& replacement, const Limits& limits) {
    Value root = replacement.view().to_value();
    std::optional<View> asked;  // by the filter
    for (const Filter::Equality& equality : filter.equalities()) {
        if (equality.path != "_id") continue;
        if (asked && compare(*asked, equality.value) != 0) {
            fail(Code::conflicting_paths,
                 "the filter asks for two _ids, " + describe(*asked) + " and " + describe(equality.value), "_id");
        }
        asked = equality.value;
        if (const View id = replacement["_id"]; id && compare(id, equality.value) != 0) {
            fail(Code::immutable_field,
                 "the replacement's _id is " + describe(id) + ", but the filter asks for " + describe(equality.value),
                 "_id");
        }
        root.as_object().set("_id", equality.value.to_value());
    }
    root = with_id_first(std::move(root.as_object()));
    return finish(root, encode(root), limits);
}

}  // namespace sheaf::query
