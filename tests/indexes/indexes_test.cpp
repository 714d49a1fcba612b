// Whatever the grammar makes of documents, indexes, writes and queries: a store with indexes gives the same answers as
// one without, refuses what a naive look at the documents says that it must, and its indexes hold after every step what
// the documents call for, also when transactions roll back and operations fail.
//
// SHEAF_SEED repeats a run, SHEAF_INDEX_OPS sets how many steps there are. A failure prints the fewest steps found that
// show it; SHEAF_INDEX_STEPS=FILE plays such steps, one JSON object per line.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include <gtest/gtest.h>
#include <sheaf/json.hpp>
#include <sheaf/open.hpp>

#include "indexes/pair.hpp"
#include "oracle/grammar.hpp"
#include "support/backends.hpp"
#include "support/empty_store.hpp"
#include "support/seed.hpp"

namespace sheaf::indexes {

namespace {

using oracle::Dice;
using oracle::Grammar;
using testing_support::environment_number;

constexpr std::uint64_t usual_seed = 0x5eaf'0004;
constexpr std::size_t steps_per_collection = 120;
constexpr std::int64_t most_documents = 60;
constexpr std::size_t most_replays = 400;

using Steps = std::vector<Object>;

// The whole grammar, and the same with an eye for something: few paths, and values that make a difference there.
std::vector<Grammar> load_grammars() {
    const std::string folder = SHEAF_SOURCE_DIR "/tests/indexes/grammar";
    const std::vector<std::string> files = Grammar::files_of(SHEAF_SOURCE_DIR "/tests/oracle/grammar");
    std::vector<std::string> replacements = Grammar::files_of(folder);
    std::vector<Grammar> made{Grammar::load(files, replacements)};
    for (const std::string& focus : Grammar::files_of(folder + "/focus")) {
        replacements.push_back(focus);
        made.push_back(Grammar::load(files, replacements));
        replacements.pop_back();
    }
    return made;
}

Value several(const Grammar& grammar, Dice& dice, std::string_view rule, std::size_t count) {
    Array made;
    while (made.size() < count) made.push_back(grammar.make(rule, dice));
    return made;
}

// Documents and the steps of a transaction are made one by one, each with the grammar's whole budget.
Object make_step(const Grammar& grammar, Dice& dice, std::string_view rule) {
    Object step = grammar.make(rule, dice).as_object();
    const Value op = oracle::member(step, "op");
    if (op == Value("transaction")) step.set("steps", several(grammar, dice, "inner_step", 1 + dice.below(5)));
    if (op == Value("insert_many")) {
        const auto count = static_cast<std::size_t>(oracle::member(step, "count").as_integer().value);
        step.set("bodies", several(grammar, dice, "document", count));
    }
    return step;
}

std::string as_lines(const Steps& steps) {
    std::string lines;
    for (const Object& step : steps) lines += to_json(Value(step), {.mode = JsonMode::canonical}) + "\n";
    return lines;
}

class Indexes : public testing::TestWithParam<std::string> {
protected:
    std::unique_ptr<driver::Backend> make_backend() {
        places_.push_back(std::make_unique<testing_support::EmptyStore>(GetParam()));
        return default_registry().open(places_.back()->url());
    }

    std::unique_ptr<Pair> new_pair(Tally& tally) {
        return std::make_unique<Pair>([&] { return make_backend(); }, tally);
    }

    // What is wrong after these steps on empty stores.
    std::string play(const Steps& steps) {
        Tally ignored;
        const auto pair = new_pair(ignored);
        for (const Object& step : steps) {
            if (std::string faults = pair->play(step); !faults.empty()) return faults;
        }
        return "";
    }

    // A story of its own on empty stores.
    void play_collection(Dice& dice, std::uint64_t left) {
        const auto pair = new_pair(tally_);
        const Grammar& grammar = grammars_[dice.below(grammars_.size())];
        Steps steps;
        std::string faults;
        for (std::size_t i = 0; i < std::min<std::uint64_t>(left, steps_per_collection) && faults.empty(); ++i) {
            const bool full = i % 8 == 0 && pair->documents() > most_documents;
            const char* const rule = i == 0 ? "start" : i < 6 ? "index_step" : full ? "delete_step" : "step";
            steps.push_back(make_step(grammar, dice, rule));
            faults = pair->play(steps.back());
            ++played_;
        }
        if (faults.empty()) return;
        const Steps fewer = shrunk(steps);
        ADD_FAILURE() << "step " << played_ << faults << "\nthe same, or another fault, by these steps:\n"
                      << as_lines(fewer) << play(fewer);
    }

    // Leaves out what can be left out, larger pieces first.
    Steps shrunk(Steps steps) {
        std::size_t replays = 0;
        for (std::size_t size = steps.size() / 2; size > 0; size /= 2) {
            for (std::size_t at = 0; at < steps.size() && replays < most_replays;) {
                Steps fewer = steps;
                const auto first = fewer.begin() + static_cast<std::ptrdiff_t>(at);
                fewer.erase(first, first + static_cast<std::ptrdiff_t>(std::min(size, steps.size() - at)));
                ++replays;
                if (play(fewer).empty()) {
                    at += size;
                } else {
                    steps = std::move(fewer);
                }
            }
        }
        return steps;
    }

    void expect_often(const std::string& what, const std::string& of, std::uint64_t per_mille) {
        EXPECT_GE(tally_[what] * 1000, tally_[of] * per_mille) << what << ": so seldom that the run says little";
    }

    std::vector<std::unique_ptr<testing_support::EmptyStore>> places_;
    const std::vector<Grammar> grammars_ = load_grammars();
    Tally tally_;
    std::uint64_t played_ = 0;
};

TEST_P(Indexes, EveryAnswerIsTheOneWithoutIndexes) {
    const std::uint64_t seed = environment_number("SHEAF_SEED", usual_seed);
    const std::uint64_t steps = environment_number("SHEAF_INDEX_OPS", 20'000) / (GetParam() == "postgres" ? 4 : 1);
    std::cout << "SHEAF_SEED=" << seed << '\n';
    SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed));
    Dice dice(seed);
    const auto start = std::chrono::steady_clock::now();
    while (played_ < steps && !HasFailure()) play_collection(dice, steps - played_);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    std::cout << played_ << " steps in " << taken.count() << " s\n";
    for (const auto& [what, times] : tally_) std::cout << "  " << what << ": " << times << '\n';
    if (HasFailure() || played_ < 10'000) return;
    expect_often("explained, by an index", "explained", 100);
    expect_often("explained, sorted by an index", "explained", 20);
    expect_often("explained, several ways", "explained", 2);
    expect_often("hint followed", "find", 1000);
    expect_often("refused by an index", "insert_one", 30);
}

TEST_P(Indexes, GivenStepsGiveTheAnswersWithoutIndexes) {
    const char* file = std::getenv("SHEAF_INDEX_STEPS");
    if (file == nullptr) GTEST_SKIP() << "no SHEAF_INDEX_STEPS";
    std::ifstream lines(file);
    Steps steps;
    for (std::string line; std::getline(lines, line);) steps.push_back(value_from_json(line).as_object());
    ASSERT_FALSE(steps.empty()) << file;
    EXPECT_EQ(play(steps), "");
}

INSTANTIATE_TEST_SUITE_P(Backends, Indexes,
                         testing::ValuesIn(testing_support::chosen_backends({"memory", "sqlite", "postgres"})),
                         [](const auto& subject) { return subject.param; });

}  // namespace

}  // namespace sheaf::indexes
