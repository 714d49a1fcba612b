// Runs one case on a store and judges the last reply.
//
// Threads: one at a time. A Stage has one store at a time: a new one per case in memory, one that is emptied after each
// case where making a store costs a file or a schema.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <sheaf/database.hpp>

#include "mongo_cases/case.hpp"
#include "support/empty_store.hpp"

namespace sheaf::mongo_cases {

struct Verdict {
    bool passed = false;
    std::string why{};                // it failed
    std::vector<Document> replies{};  // to all commands
};

class Stage {
public:
    // Throws as EmptyStore does.
    explicit Stage(const std::string& backend);
    Verdict replay(const Case& recorded);

private:
    void clear();

    testing_support::EmptyStore place_;  // before the store, which closes first
    std::optional<Database> database_;
};

}  // namespace sheaf::mongo_cases
