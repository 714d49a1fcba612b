// The short form of the fuzzers, for every build: the corpus, what the oracle's grammar makes, and the commands of the
// recorded cases (in $SHEAF_SUITES), mutated from a seed. SHEAF_SEED repeats a run, SHEAF_FUZZ_OPS lengthens it.
#include <array>
#include <filesystem>
#include <iostream>
#include <map>

#include <gtest/gtest.h>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "fuzz/mutator.hpp"
#include "fuzz/target.hpp"
#include "suites/suite_files.hpp"
#include "support/seed.hpp"

namespace sheaf::fuzz {

namespace {

using testing_support::environment_number;

constexpr std::uint64_t usual_seed = 0x5eaf'f022;

// What the input did, or a failure that shows how to repeat it.
std::string play_and_report(std::string_view input) {
    try {
        play(input);
        return "";
    } catch (const std::exception& error) {
        return std::string(error.what()) + "\ninput, in the form of tests/fuzz/target.hpp:\n" + std::string(input);
    }
}

std::vector<Sample> samples_of_grammar(oracle::Dice& dice) {
    constexpr std::array<std::pair<const char*, const char*>, 8> rules = {{
        {"filter", "filter"},
        {"update", "update"},
        {"update", "update_pipeline"},
        {"projection", "projection"},
        {"sort", "sort"},
        {"expression", "expression"},
        {"document", "document"},
        {"expression", "any"},
    }};
    const auto grammar = oracle::Grammar::load(oracle::Grammar::files_of(SHEAF_SOURCE_DIR "/tests/oracle/grammar"));
    std::vector<Sample> samples;
    for (std::size_t i = 0; i < 2'000; ++i) {
        const auto& [kind, rule] = rules[i % rules.size()];
        samples.push_back({kind, grammar.make(rule, dice)});
        const Value step = grammar.make("aggregate", dice);
        if (i % rules.size() == 0) samples.push_back({"pipeline", *step.as_object().find("pipeline")});
    }
    return samples;
}

// Every hundredth or so of the recorded commands; those with types that sheaf does not hold are left out.
void add_recorded_commands(std::vector<Sample>& samples, oracle::Dice& dice) {
    const std::string text = testing_support::read_xz(testing_support::suites_folder() / "suites/mongo-cases.jsonl.xz");
    for (const std::string_view line : testing_support::lines_of(text)) {
        if (!dice.chance(8)) continue;
        try {
            const Value recorded = value_from_json(line);
            const Value* commands = recorded.as_object().find("commands");
            if (commands == nullptr) continue;
            for (Value command : commands->as_array()) {
                const std::string shown = to_json(command, {.mode = JsonMode::canonical});
                std::string in_place = shown;
                for (std::size_t at = 0; (at = in_place.find("%COLL%", at)) != std::string::npos;) {
                    in_place.replace(at, 6, "c");
                }
                samples.push_back({"command", value_from_json(in_place)});
            }
        } catch (const Error&) {
            continue;
        }
    }
}

}  // namespace

TEST(Fuzz, CorpusHolds) {
    std::size_t played = 0;
    for (const auto& entry : std::filesystem::directory_iterator(SHEAF_SOURCE_DIR "/tests/fuzz/corpus")) {
        EXPECT_EQ(play_and_report(testing_support::read_file(entry.path())), "") << entry.path();
        ++played;
    }
    EXPECT_GT(played, 10U);
}

TEST(Fuzz, MutationsHold) {
    const std::uint64_t seed = environment_number("SHEAF_SEED", usual_seed);
    const std::uint64_t inputs = environment_number("SHEAF_FUZZ_OPS", 100'000);
    std::cout << "SHEAF_SEED=" << seed << '\n';
    oracle::Dice dice(seed);
    std::vector<Sample> samples = samples_of_grammar(dice);
    if (testing_support::has_suites()) {
        add_recorded_commands(samples, dice);
    } else {
        std::cout << testing_support::no_suites() << '\n';
    }
    std::cout << samples.size() << " samples\n";
    Mutator mutator(std::move(samples), seed);
    std::map<std::string, std::array<std::uint64_t, 3>> outcomes;
    for (std::uint64_t i = 0; i < inputs; ++i) {
        const std::string input = mutator.next();
        Outcome outcome = Outcome::not_understood;
        try {
            outcome = play(input);
        } catch (const std::exception&) {
            FAIL() << "SHEAF_SEED=" << seed << ", input " << i << ": " << play_and_report(input);
        }
        ++outcomes[input.substr(0, input.find_first_of(":\n"))][static_cast<std::size_t>(outcome)];
    }
    for (const auto& [kind, counts] : outcomes) {
        std::cout << "  " << kind << ": done " << counts[2] << ", refused " << counts[1] << ", not understood "
                  << counts[0] << '\n';
        EXPECT_GT(counts[2], counts[0] / 10) << "hardly anything of " << kind << " is understood";
    }
}

}  // namespace sheaf::fuzz
