// explain: how a command would find its documents, in the shape that MongoDB's tools know.
//
//     {"explain": {"find": "users", "filter": {"age": {"$gte": 18}}}, "verbosity": "executionStats"}
//
// Each command that can be explained says what query is in it (Command::query); nothing is written.
//
// Threads: free functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/command.hpp"

namespace sheaf::commands {

// The query in a command, and what the command makes of the results.
struct ExplainedQuery {
    std::string collection{};  // empty: of a pipeline that reads none
    Document filter{};
    ExplainOptions options{};
    std::string_view stage{};        // "UPDATE", "COUNT"...; empty: they are the answer
    std::vector<Document> stages{};  // of a pipeline, that work on the results
};

enum class Verbosity : std::uint8_t { plan, statistics };

// {"explainVersion": "1", "queryPlanner": {...}, "executionStats": {...}, "sheaf": {...}, "ok": 1.0}
Document explained(const Invocation& invocation, const ExplainedQuery& query, Verbosity verbosity);

}  // namespace sheaf::commands
