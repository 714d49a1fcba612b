// Replays the recorded MongoDB cases through Database::run_command: README.md.
#include <fstream>
#include <iostream>
#include <stdexcept>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "mongo_cases/lists.hpp"
#include "mongo_cases/options.hpp"
#include "mongo_cases/replay.hpp"
#include "mongo_cases/report.hpp"
#include "suites/suite_files.hpp"

namespace sheaf::mongo_cases {
namespace {

std::filesystem::path list_file(std::string_view name) {
    return std::filesystem::path(SHEAF_SOURCE_DIR) / "tests/mongo_cases" / name;
}

void show(const Case& recorded, const Verdict& verdict) {
    constexpr std::size_t longest = 3000;
    const auto print = [](const char* what, const std::string& text) {
        std::cout << "  " << what << ' ' << text.substr(0, longest) << (text.size() > longest ? "...\n" : "\n");
    };
    std::cout << recorded.id << '\n';
    for (std::size_t i = 0; i < recorded.commands.size(); ++i) {
        print("command ", recorded.commands[i].to_json());
        const bool setup_failed =
            i + 1 < recorded.commands.size() && i < verdict.replies.size() && verdict.replies[i]["ok"].number() == 0;
        if (setup_failed) print("  fails:", verdict.replies[i].to_json());
    }
    print("expected", recorded.assertion.holder.to_json());
    if (!verdict.replies.empty()) print("got     ", verdict.replies.back().to_json());
    print("because ", verdict.why);
}

class Run {
public:
    explicit Run(const Options& options)
        : options_(options), left_out_(list_file("left_out.txt")), stage_(options.backend) {
        if (!options.list_failures.empty()) failures_.open(options.list_failures);
    }

    void take(std::string_view line) {
        const std::string id = id_of_line(line);
        if (!options_.match.empty() && id.find(options_.match) == std::string::npos) return;
        const Case recorded = parse_case(line);
        if (!options_.area.empty() && !recorded.area.starts_with(options_.area)) return;
        const Group* group = options_.with_left_out ? nullptr : left_out_.find(recorded, line);
        if (group != nullptr) return report_.left_out(recorded, *group);
        const Verdict verdict = stage_.replay(recorded);
        report_.replayed(recorded, verdict.passed);
        if (!verdict.passed) failed(recorded, verdict);
    }

    int end() {
        report_.print(std::cout);
        if (options_.write_expected) {
            write_ids(list_file("expected_failures.txt"), report_.failed());
            return 0;
        }
        const std::size_t surprises = report_.print_surprises(std::cout, read_ids(list_file("expected_failures.txt")));
        const std::size_t missed = options_.selects() ? 0 : report_.print_goals(std::cout);
        std::cout << surprises << " surprises, " << missed << " goals missed on " << options_.backend << '\n';
        return surprises + missed == 0 ? 0 : 1;
    }

private:
    void failed(const Case& recorded, const Verdict& verdict) {
        if (shown_ < options_.show) {
            ++shown_;
            show(recorded, verdict);
        }
        if (!failures_.is_open()) return;
        const View message = verdict.replies.empty() ? View() : verdict.replies.back()["errmsg"];
        failures_ << recorded.id << '\t' << verdict.why;
        if (message) failures_ << '\t' << message.string();
        failures_ << '\n';
    }

    const Options& options_;
    const LeftOut left_out_;
    Stage stage_;
    Report report_;
    std::ofstream failures_;
    int shown_ = 0;
};

int run(const Options& options) {
    if (!testing_support::has_suites()) {
        std::cout << testing_support::no_suites() << '\n';
        return 0;
    }
    const std::string text = testing_support::read_xz(testing_support::suites_folder() / "suites/mongo-cases.jsonl.xz");
    Run cases(options);
    for (const std::string_view line : testing_support::lines_of(text)) cases.take(line);
    return cases.end();
}

}  // namespace
}  // namespace sheaf::mongo_cases

int main(int argc, char** argv) {
    try {
        const auto options = sheaf::mongo_cases::parse_options({argv + 1, argv + argc});
        return sheaf::mongo_cases::run(options);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n' << sheaf::mongo_cases::usage;
        return 2;
    }
}
