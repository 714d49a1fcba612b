// One update of one collection, as update, findAndModify and bulkWrite describe it: by operators, by a pipeline or by a
// replacement.
//
// Threads: an UpdateStatement is a value.
#pragma once

#include <optional>
#include <variant>

#include "commands/command.hpp"
#include "commands/options.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

struct Replacement {
    Document document{};
};

struct UpdateStatement {
    Document filter{};
    std::variant<Document, Pipeline, Replacement> update{};
    UpdateOptions options{};
    bool multi = false;
    Hint hint{};
    std::optional<Document> constants{};  // variables of a pipeline update alone

    // An object with operators, one without, or an array of stages. Throws FailedToParse (9) for anything else.
    void take_update(View value);
    // Throws where the parts do not fit together.
    void check() const;
    // Checks it, and completes the options: the hint's index, the variables of the whole command and of the statement.
    void prepare(const Database& database, const std::string& collection, const Document& let, const Control& control);
    bool is_replacement() const { return std::holds_alternative<Replacement>(update); }
    // Counts as MongoDB does: a replacement that does not repeat the _id always counts as a change.
    UpdateResult run(Collection& collection) const;

private:
    void add_variables(const Document& let);
};

// The stages of a pipeline. Throws type_mismatch for elements that are no objects.
Pipeline pipeline_of(std::string_view name, View array);

}  // namespace sheaf::commands
