#include "commands/options.hpp"

#include <string>

#include <sheaf/error.hpp>

#include "commands/fields.hpp"
#include "commands/index_spec.hpp"
#include "engine/index_definition.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

bool is_natural(View keys) {
    const View direction = keys.size() == 1 ? keys["$natural"] : View();
    return direction && direction.is_number() && direction.number() == 1;
}

}  // namespace

Hint::Hint(View hint) {
    if (hint.type() == Type::string) {
        name_ = std::string(hint.string());
    } else if (hint.is_object()) {
        keys_ = document_of(hint);
    } else {
        query::fail(Code::invalid_argument, 9,
                    "hint must be the name of an index or its keys, not " + query::describe(hint), "hint");
    }
}

std::string Hint::resolved(const Database& database, const std::string& collection, const Control& control) const {
    if (!name_ && keys_.empty()) return {};
    if (!database.has_collection(collection, control)) return {};
    if (is_natural(keys_.view())) return "$natural";
    if (name_ == engine::id_index || same_keys(keys_.view(), id_index_keys().view()))
        return std::string(engine::id_index);
    for (const IndexInfo& index : database.collection(collection).list_indexes(control)) {
        const bool is_it = name_ ? index.name == *name_ : same_keys(index.definition.keys.view(), keys_.view());
        if (is_it) return index.name;
    }
    query::fail(Code::invalid_argument, 2, "there is no such index to use as a hint: listIndexes shows which there are",
                "hint");
}

void check_collation(View collation) {
    const View locale = collation["locale"];
    if (!locale) query::fail(Code::invalid_argument, 40414, "collation.locale is missing", "collation.locale");
    if (locale.type() != Type::string) {
        query::fail(Code::type_mismatch, 14, "collation.locale must be a string", "collation.locale");
    }
    if (locale.string() != "simple") refuse_option("collation");
}

void refuse_option(std::string_view name) {
    query::fail(Code::unsupported, std::string(name) + " is not supported", name);
}

}  // namespace sheaf::commands
