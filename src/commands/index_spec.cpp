#include "commands/index_spec.hpp"

#include <chrono>
#include <cmath>
#include <utility>

#include <sheaf/error.hpp>

#include "commands/fields.hpp"
#include "commands/options.hpp"
#include "engine/index_definition.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

constexpr int bad_value = 2;
constexpr int failed_to_parse = 9;
constexpr int cannot_create = 67;
constexpr int invalid_option = 197;
constexpr int query_feature_not_allowed = 224;

[[noreturn]] void refuse(int mongo, const std::string& message, std::string_view path) {
    query::fail(Code::invalid_argument, mongo, message, path);
}

// One spec as its fields are read; what concerns several of them is checked afterwards.
struct Spec {
    View key{};
    IndexOptions options{};
    std::string_view beside{};   // the first field that the index of _id does not take
    std::string_view refused{};  // an option that sheaf does not have

    void refuse(std::string_view option) { refused = refused.empty() ? option : refused; }
    void option(std::string_view name) { beside = beside.empty() ? name : beside; }
};

void take_name(Spec& spec, View value) {
    spec.options.name = std::string(value.string());
    if (spec.options.name.empty()) refuse(cannot_create, "an index's name cannot be empty", "name");
}

void take_version(Spec&, View value) {
    if (value.number() == 1 || value.number() == 2) return;
    refuse(cannot_create, "v, the version of an index, must be 1 or 2, not " + query::describe(value), "v");
}

void take_expiry(Spec& spec, View value) {
    spec.option("expireAfterSeconds");
    if (std::isnan(value.number())) refuse(cannot_create, "expireAfterSeconds is not a number", "expireAfterSeconds");
    spec.options.expire_after = std::chrono::seconds(truncated_number("expireAfterSeconds", value, INT64_MIN));
}

void take_partial(Spec& spec, View value) {
    spec.option("partialFilterExpression");
    if (value["$expr"]) {  // whatever is in it
        refuse(query_feature_not_allowed, "a partial index cannot have $expr", "partialFilterExpression");
    }
    spec.options.partial = document_of(value);
}

void take_index_collation(Spec&, View value) {
    if (value.size() == 0) refuse(bad_value, "collation cannot be empty", "collation");
    check_collation(value);
}

constexpr Field<Spec> spec_fields[] = {
    {"key", Types::object, [](Spec& s, View v) { s.key = v; }, Need::not_null},
    {"name", Types::string, take_name, Need::not_null},
    {"v", Types::number, take_version, Need::not_null},
    {"unique", Types::boolean_or_number, [](Spec& s, View v) { s.options.unique = truth(v), s.option("unique"); },
     Need::not_null},
    {"sparse", Types::boolean_or_number, [](Spec& s, View v) { s.options.sparse = truth(v), s.option("sparse"); },
     Need::not_null},
    {"partialFilterExpression", Types::object, take_partial, Need::not_null},
    {"expireAfterSeconds", Types::number, take_expiry, Need::not_null, cannot_create},
    {"collation", Types::object, take_index_collation, Need::not_null},
    {"background", Types::boolean_or_number},  // building never keeps others out
    {"hidden", Types::boolean_or_number,
     [](Spec& s, View v) {
         s.option("hidden");
         if (truth(v)) s.refuse("hidden");
     },
     Need::not_null},
    {"prepareUnique", Types::boolean_or_number,
     [](Spec& s, View v) {
         s.option("prepareUnique");
         if (truth(v)) s.refuse("prepareUnique");
     },
     Need::not_null},
    {"wildcardProjection", Types::object,
     [](Spec&, View) { refuse(bad_value, "wildcardProjection is for wildcard indexes", "wildcardProjection"); },
     Need::not_null},
    {"weights", Types::object, [](Spec&, View) { refuse(cannot_create, "weights are for text indexes", "weights"); },
     Need::not_null},
    refused<Spec>("clustered", Types::boolean_or_number),
    refused<Spec>("storageEngine", Types::object),
    refused<Spec>("default_language", Types::string),
    refused<Spec>("language_override", Types::string),
    refused<Spec>("textIndexVersion", Types::number),
    refused<Spec>("2dsphereIndexVersion", Types::number),
    refused<Spec>("bits", Types::number),
    refused<Spec>("min", Types::number),
    refused<Spec>("max", Types::number),
};

}  // namespace

Document id_index_keys() {
    return Document{{"_id", 1}};
}

bool same_keys(View left, View right) {
    return compare(left, right) == 0;
}

IndexDefinition parse_index_spec(View object, const Limits& limits) {
    Spec spec;
    parse_fields<Spec>(object, "createIndexes.indexes", spec_fields, spec,
                       [](Spec&, std::string_view key, View) -> bool {
                           refuse(invalid_option, "an index has no option " + std::string(key), key);
                       });
    if (!spec.key) refuse(failed_to_parse, "an index needs a key, such as {\"a\": 1}", "key");
    if (spec.options.name.empty()) refuse(failed_to_parse, "an index needs a name", "name");
    const IndexDefinition definition{.keys = document_of(spec.key), .options = std::move(spec.options)};
    if (engine::is_id_index(definition) && !spec.beside.empty()) {
        refuse(invalid_option, "the index of _id does not take " + std::string(spec.beside), spec.beside);
    }
    const IndexDefinition checked = engine::checked(definition, limits);
    if (!spec.refused.empty()) refuse_option(spec.refused);
    return checked;
}

}  // namespace sheaf::commands
