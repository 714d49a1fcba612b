#include "commands/update_statement.hpp"

#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::commands {

Pipeline pipeline_of(std::string_view name, View array) {
    return Pipeline(documents_of(name, array));
}

void UpdateStatement::take_update(View value) {
    if (value.is_array()) {
        update = pipeline_of("update", value);
        return;
    }
    if (!value.is_object()) {
        query::fail(Code::invalid_update, 9, "an update must be an object or an array, not " + query::describe(value),
                    "update");
    }
    const bool has_operators = value.size() > 0 && query::is_operator((*value.members().begin()).key);
    if (has_operators) {
        update = document_of(value);
    } else {
        update = Replacement{document_of(value)};
    }
}

void UpdateStatement::check() const {
    const auto refuse = [](int mongo, std::string_view message) {
        query::fail(Code::invalid_update, mongo, message, "update");
    };
    if (multi && is_replacement()) refuse(9, "a replacement cannot replace several documents");
    if (multi && !options.sort.empty()) refuse(9, "sort is for the update of one document");
    if (constants && !std::holds_alternative<Pipeline>(update)) refuse(51198, "constants are for pipeline updates");
    if (!options.array_filters.empty() && !std::holds_alternative<Document>(update)) {
        refuse(9, "array filters are for updates with operators");
    }
}

void UpdateStatement::prepare(const Database& database, const std::string& collection, const Document& let,
                              const Control& control) {
    check();
    options.hint = hint.resolved(database, collection, control);
    options.control = control;
    add_variables(let);
}

void UpdateStatement::add_variables(const Document& let) {
    if (!constants) {
        options.let = let;
        return;
    }
    Object variables = let.to_object();
    for (const auto [name, value] : constants->view().members()) {
        // Values, not expressions: what they are for is to bring a "$name" that is only text.
        variables.set(name, Value::object({{"$literal", value.to_value()}}));
    }
    options.let = Document(variables);
}

UpdateResult UpdateStatement::run(Collection& collection) const {
    if (const auto* replacement = std::get_if<Replacement>(&update)) {
        UpdateResult result = collection.replace_one(filter, replacement->document, options);
        if (!replacement->document["_id"]) result.modified_count = result.matched_count;
        return result;
    }
    const auto change = [&](const auto& changes) {
        return multi ? collection.update_many(filter, changes, options)
                     : collection.update_one(filter, changes, options);
    };
    if (const auto* pipeline = std::get_if<Pipeline>(&update)) return change(*pipeline);
    return change(std::get<Document>(update));
}

}  // namespace sheaf::commands
