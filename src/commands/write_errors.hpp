// What insert, update and delete commands share: several statements in one command, each a transaction of its own,
// whose failures are reported by their place and, when ordered, end the command.
//
// Threads: one at a time.
#pragma once

#include <functional>

#include "commands/command.hpp"
#include "commands/reply.hpp"

namespace sheaf::commands {

struct WriteArguments : CommonArguments {
    bool ordered = true;
};

class WriteErrors {
public:
    explicit WriteErrors(bool ordered) : ordered_(ordered) {}

    // Runs one statement; false when no further one is to run. An error that is not the statement's own (the time is
    // over, the store has failed) is thrown.
    bool run(std::size_t index, const std::function<void()>& statement);
    void add(std::size_t index, const Error& error);
    std::size_t size() const { return errors_.size(); }
    // Adds writeErrors, when there are any.
    void add_to(ObjectBuilder& reply) const;

private:
    bool ordered_;
    ArrayBuilder errors_;
};

// Throws InvalidLength (16) unless there is at least one statement and at most 100,000.
void check_statements(std::string_view name, std::size_t count);
// The same for explain, which takes one.
void check_is_single(std::string_view name, std::size_t count);

}  // namespace sheaf::commands
