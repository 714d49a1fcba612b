// oracle_cases COUNT [GRAMMAR.json...]: prints generated operations, what they were done on and what memory: answers,
// one JSON object per line, for comparison with other engines (tools/oracle_mingo). Rules of the grammars that are
// named replace those of tests/oracle/grammar. SHEAF_SEED says which operations.
//
//     {"given": [documents], "do": {"op": "find", ...}, "items": [results], "contents": [documents, after a write]}
//     {"given": [...], "do": {...}, "error": "type_mismatch", "code": 14}
#include <charconv>
#include <exception>
#include <iostream>
#include <string_view>

#include <sheaf/json.hpp>

#include "oracle/documents.hpp"
#include "oracle/grammar.hpp"
#include "oracle/side.hpp"
#include "storage/memory/memory_backend.hpp"
#include "support/seed.hpp"

namespace sheaf::oracle {

namespace {

constexpr std::size_t steps_per_collection = 8;

Value items(const Answer& answer, std::size_t step) {
    Array made;
    for (std::size_t i = 0; i < answer.items.size(); i += step) made.push_back(View(answer.items[i]).to_value());
    return Value(std::move(made));
}

std::string play(Side& side, const std::vector<Document>& documents, const Object& step) {
    Object line;
    Array given;
    for (const Document& one : documents) given.emplace_back(one.to_object());
    line.append("given", Value(std::move(given)));
    line.append("do", Value(step));
    const Answer answer = side.play(step);
    if (!answer.error.empty()) {
        line.append("error", answer.error);
        line.append("code", answer.mongo);
        return to_json(Value(std::move(line)));
    }
    const bool with_versions = member(step, "op") == Value("find");
    line.append("items", items(answer, with_versions ? 2 : 1));
    if (!is_read(step)) line.append("contents", items(side.contents(), 2));
    return to_json(Value(std::move(line)));
}

void print(std::size_t count, const std::vector<std::string>& replacements) {
    const Grammar grammar = Grammar::load(Grammar::files_of(SHEAF_SOURCE_DIR "/tests/oracle/grammar"), replacements);
    Dice dice(testing_support::environment_number("SHEAF_SEED", 1));
    Side side(memory::open_memory());
    while (count > 0) {
        const auto documents = make_documents(grammar, dice, "document", 2 + dice.below(5));
        side.reset(documents);
        for (std::size_t i = 0; i < steps_per_collection && count > 0; ++i, --count) {
            const Value step = grammar.make("step", dice);
            std::cout << play(side, documents, step.as_object()) << '\n';
            if (!is_read(step.as_object())) side.reset(documents);
        }
    }
}

}  // namespace

}  // namespace sheaf::oracle

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    std::size_t count = 0;
    const std::string_view first = arguments.empty() ? "" : std::string_view(arguments.front());
    if (std::from_chars(first.data(), first.data() + first.size(), count).ec != std::errc()) {
        std::cerr << "oracle_cases COUNT [GRAMMAR.json...]\n";
        return 2;
    }
    try {
        sheaf::oracle::print(count, {arguments.begin() + 1, arguments.end()});
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "oracle_cases: " << error.what() << '\n';
        return 1;
    }
}
