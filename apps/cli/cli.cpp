#include "cli.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <limits>
#include <sheaf/version.hpp>
#include <utility>

namespace sheaf::cli {

namespace {

constexpr const char* description = "sheaf keeps JSON documents in a store and finds and changes them, MongoDB-style.";

constexpr const char* footer = R"(Stores:
  FILE, sqlite:FILE               a SQLite file, durable: a write that is done survives a power cut
  sqlite:FILE?durability=process  faster: survives a crash of the program, not a power cut
  postgres://USER@HOST/DATABASE   a PostgreSQL server, for many machines
  memory:                         gone at the end, for trying

Documents are printed as JSON Lines on standard output, messages on standard error.
Exit codes: 0 done, 1 failed, 2 wrong call, 3 conflict or duplicate, 130 interrupted.

Example:
  sheaf import app.db countries /usr/share/iso-codes/json/iso_3166-1.json --pointer /3166-1 --id alpha_2
  sheaf find app.db countries '{"name": {"$gte": "S"}}' --sort '{"name": 1}' --limit 3

sheaf VERB --help tells about a verb.)";

// "sheaf index create"
std::string words_of(const CLI::App* app) {
    return app->get_parent() == nullptr ? "sheaf" : words_of(app->get_parent()) + " " + app->get_name();
}

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

// CLI11's own texts speak of subcommands, and print a type beside each default.
class HelpFormatter : public CLI::Formatter {
public:
    HelpFormatter() {
        column_width(34);
        label("Positionals", "Arguments");
    }
    std::string make_option_opts(const CLI::Option* option) const override {
        const std::string type = option->get_type_size() == 0 ? "" : option->get_type_name();
        return type.empty() ? type : " " + type;
    }
    std::string make_usage(const CLI::App* app, std::string name) const override {
        if (app->get_parent() == nullptr) return "Usage: " + name + " VERB STORE ...\n";
        if (!verbs_of(*app).empty()) return "Usage: " + words_of(app) + " VERB STORE ...\n";
        return CLI::Formatter::make_usage(app, words_of(app));
    }
};

}  // namespace

void Verb::required(const char* name, std::string& target, const char* help) {
    app_.add_option(name, target, help)->required()->type_name("");
}

void Verb::optional(const char* name, std::optional<std::string>& target, const char* help) {
    app_.add_option_function<std::string>(
            name, [&target](const std::string& text) { target = text; }, help)
        ->type_name("");
}

void Verb::flag(const char* name, bool& target, const char* help) {
    app_.add_flag(name, target, help);
}

void Verb::text(const char* name, const char* placeholder, std::optional<std::string>& target, const char* help) {
    app_.add_option_function<std::string>(
            name, [&target](const std::string& text) { target = text; }, help)
        ->type_name(placeholder);
}

void Verb::number(const char* name, std::int64_t& target, std::int64_t min, std::int64_t max, const char* help) {
    const auto in_range = [min, max](const std::string& text) -> std::string {
        std::int64_t value = 0;
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc() && stop == end && value >= min && value <= max) return {};
        const std::string upper =
            max == std::numeric_limits<std::int64_t>::max() ? " up" : " to " + std::to_string(max);
        return "\"" + text + "\" is not a number from " + std::to_string(min) + upper;
    };
    app_.add_option(name, target, help)->check(CLI::Validator(in_range, ""))->type_name("N");
}

void Verb::choice(const char* name, std::string& target, const std::vector<std::string>& choices, const char* help) {
    std::string shown;
    for (const std::string& choice : choices) shown.append(shown.empty() ? "" : "|").append(choice);
    app_.add_option(name, target, help)->check(CLI::IsMember(choices).description(""))->type_name(shown);
}

void Verb::exclude(const char* one, const char* other) {
    app_.get_option(one)->excludes(other);
}

void Verb::run(Action action) {
    app_.callback([&chosen = chosen_, action = std::move(action)] { chosen = action; });
}

Cli::Cli() : app_(std::make_unique<CLI::App>(description, "sheaf")) {
    app_->formatter(std::make_shared<HelpFormatter>());
    app_->set_help_flag("-h,--help", "Prints this help");
    app_->set_version_flag("--version", "sheaf " SHEAF_VERSION, "Prints the version");
    app_->require_subcommand(1);
    app_->footer(footer);
}

Cli::~Cli() = default;

void Cli::family(const char* name, const char* help, const std::string& examples) {
    CLI::App* family = app_->add_subcommand(name, help);
    family->group("Verbs");
    family->footer("Example:\n" + examples + "\n\nsheaf " + name + " VERB --help tells about each.");
    family->require_subcommand(1);
}

Verb Cli::verb(const char* name, const char* help, const std::string& examples) {
    const std::string words = name;
    const std::size_t space = words.find(' ');
    CLI::App* parent = space == std::string::npos ? app_.get() : app_->get_subcommand(words.substr(0, space));
    CLI::App* verb = parent->add_subcommand(space == std::string::npos ? words : words.substr(space + 1), help);
    verb->group("Verbs");
    verb->footer("Example:\n" + examples);
    return Verb(*verb, chosen_);
}

// Goes along the words that name the verb, and says what is wrong with them better than CLI11 would.
void Cli::check_words(int argc, const char* const* argv) {
    const CLI::App* app = app_.get();
    for (int at = 1; !verbs_of(*app).empty(); ++at) {
        const std::string word = at < argc ? argv[at] : "";
        if (word.starts_with('-')) return;
        const auto named = [&](const CLI::App* verb) { return verb->get_name() == word; };
        const auto found = app->get_subcommands(named);
        if (found.empty()) {
            const std::string which = app == app_.get() ? "verb" : "verb of " + called_;
            throw UsageError(at < argc ? "there is no " + which + " \"" + word + "\"" : "a " + which + " is missing");
        }
        app = found.front();
        called_ = words_of(app);
    }
}

Action Cli::parse(int argc, const char* const* argv, Output& out) {
    try {
        check_words(argc, argv);
        app_->parse(argc, argv);
        return chosen_;
    } catch (const CLI::CallForHelp&) {
        out.write(app_->help());
    } catch (const CLI::CallForVersion&) {
        out.line("sheaf " SHEAF_VERSION);
    } catch (const CLI::ParseError& error) {
        throw UsageError(error.what());
    }
    return {};
}

}  // namespace sheaf::cli
