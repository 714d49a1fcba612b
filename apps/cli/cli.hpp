// Cli: what the verbs say about their arguments. Hides CLI11, which one file includes.
//
//     void add_count(Cli& cli) {
//         struct Options { std::string store, collection; ... };
//         auto o = std::make_shared<Options>();
//         Verb verb = cli.verb("count", "Prints how many documents match", "sheaf count app.db users");
//         verb.required("STORE", o->store, "...");
//         verb.run([o](Context& context) { context.out.line(...); return exit_done; });
//     }
//
// The variables that options are bound to must live as long as the Cli: the action keeps them by its capture.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "failure.hpp"
#include "output.hpp"

namespace CLI {
class App;
}

namespace sheaf::cli {

class Cli;

// What an action gets.
struct Context {
    Output& out;  // standard output
    const Cli& cli;
};

using Action = std::function<int(Context&)>;  // returns the exit code

class Verb {
public:
    // Positional words, in this order.
    void required(const char* name, std::string& target, const char* help);
    void optional(const char* name, std::optional<std::string>& target, const char* help);

    void flag(const char* name, bool& target, const char* help);
    void text(const char* name, const char* placeholder, std::optional<std::string>& target, const char* help);
    // The target keeps its value when the option is not given.
    void number(const char* name, std::int64_t& target, std::int64_t min, std::int64_t max, const char* help);
    void choice(const char* name, std::string& target, const std::vector<std::string>& choices, const char* help);
    // A wrong call when both are given.
    void exclude(const char* one, const char* other);

    void run(Action action);

private:
    friend class Cli;
    Verb(CLI::App& app, Action& chosen) : app_(app), chosen_(chosen) {}
    CLI::App& app_;
    Action& chosen_;
};

class Cli {
public:
    Cli();
    ~Cli();
    Cli(const Cli&) = delete;
    Cli& operator=(const Cli&) = delete;

    // A verb of two words, such as "index create", belongs to the family of its first word, which is made before it.
    void family(const char* name, const char* help, const std::string& examples);
    Verb verb(const char* name, const char* help, const std::string& examples);

    // Returns what to run, or nothing after --help or --version, which it has written to `out`. Throws UsageError.
    Action parse(int argc, const char* const* argv, Output& out);
    // "sheaf find" once that verb has been seen.
    const std::string& called() const { return called_; }
    const CLI::App& app() const { return *app_; }

private:
    void check_words(int argc, const char* const* argv);
    std::unique_ptr<CLI::App> app_;
    Action chosen_;
    std::string called_ = "sheaf";
};

}  // namespace sheaf::cli
