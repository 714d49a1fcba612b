#include "engine/index_definition.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/encoder.hpp"
#include "document/utf8.hpp"
#include "query/operand.hpp"

namespace sheaf {

namespace {

bool is_descending(View direction) {
    return direction.is_number() && direction.number() < 0;
}

bool equal_keys(View a, View b) {
    if (a.size() != b.size()) return false;
    auto other = b.members().begin();
    for (const auto& [key, direction] : a.members()) {
        const MemberView wanted = *other;
        if (key != wanted.key || is_descending(direction) != is_descending(wanted.value)) return false;
        ++other;
    }
    return true;
}

bool equal_filters(const std::optional<Document>& a, const std::optional<Document>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return compare(a->view(), b->view()) == 0;
}

bool equal_signatures(const IndexDefinition& a, const IndexDefinition& b) {
    const IndexOptions& x = a.options;
    const IndexOptions& y = b.options;
    return x.unique == y.unique && x.nulls_distinct == y.nulls_distinct && x.sparse == y.sparse &&
           equal_filters(x.partial, y.partial) && equal_keys(a.keys.view(), b.keys.view());
}

}  // namespace

bool IndexDefinition::same_as(const IndexDefinition& other) const {
    return equal_signatures(*this, other) && options.expire_after == other.options.expire_after;
}

std::string IndexDefinition::name() const {
    if (!options.name.empty()) return options.name;
    std::string name;
    for (const auto& [key, direction] : keys.view().members()) {
        if (!name.empty()) name += '_';
        name.append(key).append("_").append(direction.type() == Type::string ? std::string(direction.string())
                                                                             : to_json(direction));
    }
    return name;
}

Document IndexInfo::to_document() const {
    const IndexOptions& options = definition.options;
    std::uint64_t members = 3;
    Bytes body;
    Encoder out(body);
    const auto add_flag = [&](std::string_view key, bool value) {
        if (!value) return;
        ++members;
        out.key(key);
        out.boolean(true);
    };
    out.key("v");
    out.integer(2);
    out.key("key");
    out.raw(definition.keys.cbor());
    out.key("name");
    out.string(name);
    add_flag("unique", options.unique);
    add_flag("nullsDistinct", options.nulls_distinct);
    add_flag("sparse", options.sparse);
    if (options.partial) {
        ++members;
        out.key("partialFilterExpression");
        out.raw(options.partial->cbor());
    }
    if (options.expire_after) {
        ++members;
        out.key("expireAfterSeconds");
        out.integer(options.expire_after->count());
    }
    add_flag("building", state == IndexState::building);
    Bytes bytes;
    Encoder(bytes).begin_object(members);
    return Document::from_trusted(bytes + body);
}

namespace engine {

namespace {

constexpr std::size_t max_name_bytes = 255;
// All operations of a collection read its definitions anew after a change.
constexpr std::size_t max_definition_bytes = 64U * 1024;

[[noreturn]] void refuse(std::string_view message, int mongo = mongo_number::cannot_create_index) {
    throw Error(Code::invalid_argument, message, {.mongo = mongo});
}

void check_name(const std::string& name) {
    if (name.size() > max_name_bytes) refuse("the name of an index is longer than 255 bytes; give it a shorter one");
    if (name == "*" || !is_utf8(name) || name.find('\0') != std::string::npos) {
        refuse("an index cannot have that name: give it one of UTF-8 text other than \"*\"", mongo_number::bad_value);
    }
}

[[noreturn]] void refuse_operator(std::string_view op) {
    const bool is_expression = op == "$expr";
    throw Error(Code::invalid_argument,
                "the filter of a partial index cannot have " + std::string(op) +
                    "; it may have $and, $or, $eq, $in, $gt, $gte, $lt, $lte, $all, $type and {$exists: true}",
                {.op = std::string(op),
                 .mongo = is_expression ? mongo_number::query_feature_not_allowed : mongo_number::cannot_create_index});
}

void check_condition(View condition) {
    constexpr std::string_view allowed[] = {"$eq", "$in", "$gt", "$gte", "$lt", "$lte", "$all", "$type"};
    if (!condition.is_object()) return;
    for (const auto& [op, operand] : condition.members()) {
        if (!query::is_operator(op)) return;  // the whole object is a value
        if (op == "$exists") {
            if (!query::is_true(operand)) refuse_operator("{$exists: false}");
        } else if (std::find(std::begin(allowed), std::end(allowed), op) == std::end(allowed)) {
            refuse_operator(op);
        }
    }
}

// REQUIRES: a filter that has been parsed, so that its depth is bounded.
void check_operators(View filter) {
    for (const auto& [key, value] : filter.members()) {
        if (key == "$and" || key == "$or") {
            for (const View branch : value.elements()) check_operators(branch);
        } else if (query::is_operator(key)) {
            if (key != "$comment") refuse_operator(key);
        } else {
            check_condition(value);
        }
    }
}

void check_options(const IndexOptions& options, std::size_t fields, const Limits& limits) {
    if (options.sparse && options.partial) refuse("an index is sparse or partial, not both");
    if (options.nulls_distinct && !options.unique) refuse("nulls_distinct is an option of unique indexes");
    if (options.partial) {
        const auto filter = query::Filter::parse(*options.partial, limits);
        check_operators(options.partial->view());
        if (filter.reads_system_fields()) refuse("the filter of a partial index cannot ask for system fields");
    }
    if (options.expire_after) {
        const std::int64_t seconds = options.expire_after->count();
        if (fields != 1) refuse("an index by which documents expire has one field");
        if (seconds < 0 || seconds > INT32_MAX) refuse("documents expire after 0 to 2147483647 seconds");
    }
}

}  // namespace

bool is_id_index(const IndexDefinition& definition) {
    const View keys = definition.keys.view();
    const IndexOptions& options = definition.options;
    const bool on_id = keys.size() == 1 && keys["_id"] && keys["_id"].is_number();
    if (!on_id) {
        if (options.name == id_index) refuse("the name _id_ is that of the index of _id", mongo_number::bad_value);
        return false;
    }
    if (is_descending(keys["_id"]) || keys["_id"].number() == 0) {
        refuse("the index of _id is {_id: 1}, and serves both directions", mongo_number::bad_value);
    }
    if (options.sparse || options.partial || options.expire_after || options.nulls_distinct) {
        refuse("the index of _id has no options", mongo_number::invalid_index_option);
    }
    return true;
}

IndexDefinition checked(const IndexDefinition& definition, const Limits& limits) {
    const auto keys = query::IndexKeys::parse(definition.keys.view(), limits);
    IndexDefinition result = definition;
    result.options.name = definition.name();
    check_name(result.options.name);
    check_options(result.options, keys.fields().size(), limits);
    const std::size_t bytes =
        result.keys.cbor().size() + (result.options.partial ? result.options.partial->cbor().size() : 0);
    if (bytes > max_definition_bytes) {
        throw Error(Code::limit_exceeded, "the keys and the filter of an index are over the limit of 64 KiB");
    }
    return result;
}

Likeness likeness(const IndexRecord& recorded, const IndexDefinition& wanted) {
    const bool same_name = recorded.name == wanted.name();
    if (!equal_signatures(recorded.definition, wanted)) return same_name ? Likeness::same_name : Likeness::other;
    const bool equal = same_name && recorded.definition.options.expire_after == wanted.options.expire_after;
    return equal ? Likeness::equal : Likeness::same_signature;
}

void refuse_conflict(const IndexRecord& recorded, const IndexDefinition& wanted) {
    const Likeness like = likeness(recorded, wanted);
    if (like == Likeness::other || like == Likeness::equal) return;
    const bool by_name = like == Likeness::same_name;
    throw Error(Code::conflict,
                "the index \"" + wanted.name() + "\" is in conflict with " +
                    (by_name ? "one of the same name that is defined otherwise"
                             : "\"" + recorded.name + "\", which has the same keys") +
                    ": " + to_json(recorded.info().to_document().view()) + "; drop that one first",
                {.index = recorded.name,
                 .mongo = by_name ? mongo_number::index_key_specs_conflict : mongo_number::index_options_conflict});
}

}  // namespace engine
}  // namespace sheaf
