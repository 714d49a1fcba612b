// The exceptions of the command line itself; sheaf::Error covers everything that the store says.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace sheaf::cli {

enum ExitCode : int { exit_done = 0, exit_failed = 1, exit_usage = 2, exit_conflict = 3, exit_interrupted = 130 };

// Ends the program with a message and an exit code.
class Failure : public std::exception {
public:
    explicit Failure(std::string message, int exit_code = exit_failed)
        : message_(std::move(message)), exit_code_(exit_code) {}
    const char* what() const noexcept override { return message_.c_str(); }
    int exit_code() const noexcept { return exit_code_; }

private:
    std::string message_;
    int exit_code_;
};

// A wrong call: exit code 2 and a hint to --help.
class UsageError : public Failure {
public:
    explicit UsageError(std::string message) : Failure(std::move(message), exit_usage) {}
};

// Nobody reads standard output any more, such as in `sheaf find ... | head -1`: ends quietly.
class OutputClosed : public std::exception {
public:
    const char* what() const noexcept override { return "standard output is closed"; }
};

}  // namespace sheaf::cli
