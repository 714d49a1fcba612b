#include "commands/options.hpp"

#include <string>

#include <sheaf/error.hpp>

#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

bool is_known(View hint) {
    if (hint.type() == Type::string) return hint.string() == "_id_";
    if (hint.size() == 0) return true;
    const View by_id = hint["_id"];
    const View natural = hint["$natural"];
    const bool forwards = hint.size() == 1 && (by_id || natural) && (by_id ? by_id : natural).is_number();
    return forwards && (by_id || natural.number() == 1);
}

}  // namespace

Hint::Hint(View hint) {
    if (hint.type() != Type::string && !hint.is_object()) {
        query::fail(Code::invalid_argument, 9,
                    "hint must be the name of an index or its keys, not " + query::describe(hint), "hint");
    }
    is_known_ = is_known(hint);
}

void Hint::check(const Database& database, const std::string& collection, const Control& control) const {
    if (is_known_ || !database.has_collection(collection, control)) return;
    query::fail(Code::invalid_argument, 2, "there is no such index to use as a hint", "hint");
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
