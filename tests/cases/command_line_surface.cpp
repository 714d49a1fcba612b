// The command line: each step is a process.
#include <algorithm>
#include <stdexcept>
#include <string_view>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>
#include <sheaf/open.hpp>

#include "cases/surface.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace sheaf::cases {

namespace {

using testing_support::Ran;

// Canonical, so that every value arrives as the case has it.
std::string text(const Value& value) {
    return to_json(value.is_null() ? Value(Object()) : value, JsonStyle{.mode = JsonMode::canonical});
}

// As an export with system fields has them.
std::string lines(const std::vector<Object>& documents) {
    std::string made;
    for (Object document : documents) {
        if (document.find("_version") == nullptr) document.set("_version", 1);
        document.set("_created", DateTime{1'700'000'000'000});
        document.set("_updated", DateTime{1'700'000'000'000});
        made += text(Value(std::move(document))) + "\n";
    }
    return made;
}

// Takes the system fields, which the command line appends, out of a printed document.
Found parse(std::string_view line) {
    Object body = value_from_json(line).as_object();
    Found found;
    if (const Value version = member(body, "_version"); !version.is_null()) found.version = version.as_integer().value;
    found.archived = flag(body, "_archived");
    for (const std::string_view name : {"_version", "_created", "_updated", "_archived"}) body.erase(name);
    found.document = Document(body);
    return found;
}

std::vector<Found> parse_lines(std::string_view output) {
    std::vector<Found> found;
    while (!output.empty()) {
        const std::size_t end = std::min(output.find('\n'), output.size());
        found.push_back(parse(output.substr(0, end)));
        output.remove_prefix(std::min(end + 1, output.size()));
    }
    return found;
}

// "sheaf: code: message" on standard error, and an exit code that agrees.
Result failure(const Ran& ran) {
    Result result;
    result.error = "exit code " + std::to_string(ran.exit_code);
    result.message = ran.err;
    if (ran.exit_code == 2) result.error = "usage";
    std::size_t first = std::string::npos;
    for (const CodeInfo& code : error_codes()) {
        const std::size_t at = ran.err.find(std::string(code.name) + ": ");
        if (at < first && code.exit_code == ran.exit_code) {
            first = at;
            result.error = code.name;
        }
    }
    return result;
}

Result success(const std::string& op, const Ran& ran) {
    Result result;
    if (op == "find" || op == "aggregate") {
        result.documents = parse_lines(ran.out);
        return result;
    }
    if (op == "distinct") {
        Array values;
        for (std::string_view rest = ran.out; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
            values.push_back(value_from_json(rest.substr(0, rest.find('\n'))));
        }
        result.values = Value(std::move(values));
        return result;
    }
    if (op == "count") {
        result.counts.emplace_back("count", value_from_json(ran.out).as_integer().value);
        return result;
    }
    const Object printed = value_from_json(ran.out).as_object();
    for (const std::string_view name : {"matched", "modified", "deleted", "restored", "purged", "inserted"}) {
        const Value count = member(printed, std::string(name) + "Count");
        if (!count.is_null()) result.counts.emplace_back(name, count.as_integer().value);
    }
    if (op == "insert_one") result.counts.emplace_back("inserted", printed.find("insertedId") != nullptr ? 1 : 0);
    if (const Value* id = printed.find("upsertedId")) result.upserted = *id;
    return result;
}

class CommandLineSurface : public Surface {
public:
    CommandLineSurface(std::string program, const std::string& url) : program_(std::move(program)), store_(url) {
        if (!url.empty()) shared_ = open(url);
    }

    bool is_exact() const override { return false; }

    bool can_play(const Case& one) const override {
        return one.on_command_line && std::all_of(one.steps.begin(), one.steps.end(), can_say);
    }

    void begin(const std::vector<Object>& given) override {
        if (shared_) {
            for (const std::string& name : shared_->list_collections()) shared_->drop_collection(name);
        } else {
            store_ = "sqlite:" + dir_.path("case" + std::to_string(++cases_) + ".db") + "?durability=process";
        }
        if (given.empty()) {
            must_run({program_, "insert", store_, "other", "{}"});  // most verbs refuse a store that does not exist
        } else {
            must_run({program_, "import", store_, "docs", "-", "--format", "jsonl", "--keep-system"}, lines(given));
        }
    }

    Result play(const Object& step) override {
        const std::string op = member(step, "op").as_string();
        std::string input;
        const std::vector<std::string> words = command(step, op, input);
        const Ran ran = testing_support::run(words, input);
        return ran.exit_code == 0 ? success(op, ran) : failure(ran);
    }

    std::vector<Found> contents() override {
        return parse_lines(must_run({program_, "find", store_, "docs", "--include-archived"}));
    }

private:
    static std::string must_run(const std::vector<std::string>& command, std::string_view input = "") {
        const Ran ran = testing_support::run(command, input);
        if (ran.exit_code != 0) throw std::runtime_error("\"sheaf " + command[1] + "\" fails: " + ran.err);
        return ran.out;
    }

    static bool can_say(const Object& step) {
        const std::string op = member(step, "op").as_string();
        const auto has = [&](std::string_view name) { return step.find(name) != nullptr; };
        if (op == "insert_many" || op.starts_with("find_one_and_") || has("let")) return false;
        if (op == "count") return !has("limit") && !has("skip") && !has("include_archived");
        if (op == "insert_one" || op == "restore" || op == "purge") return !has("expected_version");
        return text(Value(step)).size() < 100'000;  // arguments of a process are bounded
    }

    std::vector<std::string> command(const Object& step, const std::string& op, std::string& input) const {
        const std::string verb = op.substr(0, op.find('_'));
        const Value collection = member(step, "collection");
        std::vector<std::string> made = {program_, verb, store_,
                                         collection.is_null() ? "docs" : collection.as_string()};
        if (op == "insert_one") {
            made.emplace_back("-");
            input = text(member(step, "document"));
            return made;
        }
        if (op == "aggregate") {
            made.push_back(text(member(step, "pipeline")));
            return made;
        }
        if (op == "distinct") made.push_back(member(step, "path").as_string());
        made.push_back(text(member(step, "filter")));
        if (verb == "update") made.push_back(text(member(step, "update")));
        if (verb == "replace") made.push_back(text(member(step, "document")));
        add_options(step, op, made);
        return made;
    }

    static void add_options(const Object& step, const std::string& op, std::vector<std::string>& made) {
        const auto option = [&](const char* name, const Value& value) {
            if (value.is_null()) return;
            made.emplace_back(name);
            made.push_back(value.type() == Type::string ? value.as_string() : to_json(value));
        };
        const auto switched = [&](const char* name, bool on) {
            if (on) made.emplace_back(name);
        };
        option("--sort", member(step, "sort"));
        option("--array-filters", member(step, "array_filters"));
        option("--project", member(step, "project"));
        option("--limit", member(step, "limit"));
        option("--skip", member(step, "skip"));
        const Value expected = member(step, "expected_version");
        if (expected != Value("any")) option("--expect-version", expected);
        switched("--include-archived", flag(step, "include_archived"));
        switched("--upsert", flag(step, "upsert"));
        switched("--soft", flag(step, "soft"));
        switched("--many", op.ends_with("_many"));
    }

    std::string program_;
    const testing_support::TempDir dir_{testing_support::TempDir::fast_parent()};
    std::string store_;
    std::optional<Database> shared_;  // the one store of all cases, if it is one
    int cases_ = 0;
};

}  // namespace

std::unique_ptr<Surface> command_line_surface(const std::string& program, const std::string& url) {
    return std::make_unique<CommandLineSurface>(program, url);
}

}  // namespace sheaf::cases
