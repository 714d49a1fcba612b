// Pushdown on and off, without a server: whatever the grammar makes of documents and operations gives the same answers,
// errors and stored bytes in memory and on the same with a driver::Pushdown of tests (tests/support).
//
// SHEAF_SEED repeats a run, SHEAF_PUSHDOWN_OPS sets how many steps there are.
#include <chrono>
#include <cmath>
#include <iostream>

#include <gtest/gtest.h>
#include <sheaf/json.hpp>

#include "indexes/step_forms.hpp"
#include "oracle/grammar.hpp"
#include "oracle/operations.hpp"
#include "oracle/side.hpp"
#include "storage/memory/memory_backend.hpp"
#include "support/pushdown_backend.hpp"
#include "support/seed.hpp"

namespace sheaf::indexes {

namespace {

using oracle::Answer;
using oracle::Dice;
using oracle::Grammar;
using oracle::Side;
using testing_support::environment_number;
using testing_support::PushdownRules;
using testing_support::PushdownTally;
using testing_support::with_pushdown;

constexpr std::uint64_t usual_seed = 0x5eaf'0005;
constexpr std::size_t steps_per_collection = 100;

const Grammar& grammar() {
    static const Grammar made = Grammar::load(Grammar::files_of(SHEAF_SOURCE_DIR "/tests/oracle/grammar"),
                                              Grammar::files_of(SHEAF_SOURCE_DIR "/tests/indexes/grammar"));
    return made;
}

Document parsed(std::string_view json) {
    return Document(value_from_json(json).as_object());
}

// Every third filter is of the kind that a predicate can say, and so decided by the backend.
Object make_step(Dice& dice, std::string_view rule) {
    Object step = grammar().make(rule, dice).as_object();
    if (oracle::text(step, "op") == "insert_many") {
        Array bodies;
        const auto count = static_cast<std::size_t>(oracle::member(step, "count").as_integer().value);
        while (bodies.size() < count) bodies.push_back(grammar().make("document", dice));
        step.set("bodies", std::move(bodies));
    }
    Object made = playable(step);
    made.erase("hint");
    if (made.find("filter") != nullptr && dice.chance(33)) made.set("filter", grammar().make("plain_filter", dice));
    if (dice.chance(50) && oracle::is_read(made)) made.set("hint", "$natural");
    return made;
}

// An $expr that throws for a document need not meet it where the backend leaves it out before.
bool may_differ(const Object& step, const Answer& plain, const Answer& pushed) {
    const bool has_expression = to_json(Value(step)).find("$expr") != std::string::npos;
    return oracle::is_read(step) && has_expression && !plain.error.empty() && pushed.error != plain.error;
}

class Comparison {
public:
    Comparison(const PushdownRules& rules, Dice& dice, PushdownTally& tally)
        : dice_(dice), pushed_(with_pushdown(memory::open_memory(), rules, tally)) {
        play("start");
        for (const char* const keys : {R"({"n": 1})", R"({"s": 1, "n": -1})", R"({"a": 1})"}) {
            if (dice_.chance(70)) continue;
            plain_.collection().create_index({.keys = parsed(keys)});
            pushed_.collection().create_index({.keys = parsed(keys)});
        }
    }

    // What is different after a step, or nothing.
    std::string play(std::string_view rule) {
        const Object step = make_step(dice_, rule);
        const Answer plain = plain_.play(step);
        const Answer pushed = pushed_.play(step);
        std::string faults;
        if (plain != pushed && !may_differ(step, plain, pushed)) {
            faults = oracle::difference(plain, pushed);
        } else if (!oracle::is_read(step) && plain_.contents() != pushed_.contents()) {
            faults = "the stores hold different things:" + oracle::difference(plain_.contents(), pushed_.contents());
        }
        if (faults.empty()) return "";
        return to_json(Value(step), {.mode = JsonMode::canonical}) + "\nwithout and with pushdown: " + faults;
    }

    std::string given() {
        std::string lines;
        for (const Value& document : plain_.given()) lines += to_json(document, {.mode = JsonMode::canonical}) + "\n";
        return lines;
    }

private:
    Dice& dice_;
    Side plain_{memory::open_memory()};
    Side pushed_;
};

class Pushdown : public testing::TestWithParam<std::int64_t> {};

TEST_P(Pushdown, GivesTheAnswersWithout) {
    const std::uint64_t seed = environment_number("SHEAF_SEED", usual_seed);
    const std::uint64_t steps = environment_number("SHEAF_PUSHDOWN_OPS", 10'000);
    SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed));
    Dice dice(seed + static_cast<std::uint64_t>(GetParam()));
    PushdownTally tally;
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t played = 0; played < steps && !HasFailure();) {
        Comparison comparison({.undecided_one_in = GetParam()}, dice, tally);
        for (std::size_t i = 0; i < steps_per_collection; ++i, ++played) {
            const std::string given = comparison.given();
            const std::string faults = comparison.play(dice.chance(85) ? "read_step" : "write_step");
            ASSERT_EQ(faults, "") << given;
        }
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    std::cout << steps << " steps in " << taken.count() << " s, SHEAF_SEED=" << seed << "\n  counts: " << tally.counts
              << ", tops: " << tally.tops << ", groups: " << tally.groups << ", narrowed: " << tally.narrowed
              << ", rows left out: " << tally.left_out << '\n';
    if (steps < 10'000) return;
    EXPECT_GT(tally.counts, 100U);
    EXPECT_GT(tally.tops, 100U);
    EXPECT_GT(tally.groups, 100U);
    EXPECT_GT(tally.narrowed, 1'000U);
    EXPECT_GT(tally.left_out, 10'000U);
}

INSTANTIATE_TEST_SUITE_P(OneRowIn, Pushdown, testing::Values(0, 7, 2));

// Thirty people of three cities, of whom five are archived and one has an age that is not a number.
class PushdownUse : public testing::Test {
protected:
    PushdownUse() {
        std::vector<Document> people;
        for (int i = 0; i < 30; ++i) {
            const char* const city = i % 3 == 0 ? "Kyoto" : i % 3 == 1 ? "Oslo" : "Lima";
            people.push_back(Document({{"_id", i}, {"age", i}, {"city", city}}));
        }
        people.back() = Document({{"_id", 29}, {"age", std::nan("")}, {"city", "Lima"}});
        people_.insert_many(people);
        people_.delete_many(parsed(R"({"age": {"$lt": 5}})"), {.mode = Delete::soft});
        tally_ = {};
    }

    std::vector<std::int64_t> ids(std::string_view filter, const FindOptions& options) {
        std::vector<std::int64_t> found;
        Cursor cursor = people_.find(parsed(filter), options);
        while (const auto record = cursor.next()) found.push_back(record->id().integer());
        return found;
    }

    PushdownTally tally_;
    Side side_{with_pushdown(memory::open_memory(), {}, tally_)};
    Collection& people_ = side_.collection();
};

TEST_F(PushdownUse, CountsWhatTheBackendCanDecide) {
    EXPECT_EQ(people_.count_documents(parsed(R"({"city": "Lima"})")), 9);
    EXPECT_EQ(people_.count_documents({}), 25);
    EXPECT_EQ(people_.count_documents({}, {.archived = Archived::only}), 5);
    EXPECT_EQ(people_.count_documents(parsed(R"({"age": {"$gte": 20}})"), {.skip = 4}), 5);
    EXPECT_EQ(tally_.counts, 4U);
    EXPECT_EQ(people_.count_documents(parsed(R"({"city": {"$regex": "^L"}})")), 9) << "is not exact";
    EXPECT_EQ(people_.count_documents(parsed(R"({"_version": 1})")), 25) << "is not in the document";
    EXPECT_EQ(people_.count_documents({}, {.archived = Archived::include}), 30) << "needs no condition";
    EXPECT_TRUE(people_.exists(parsed(R"({"city": "Lima"})"))) << "one is enough";
    EXPECT_EQ(tally_.counts, 4U);
    EXPECT_EQ(people_.count_documents(parsed(R"({"city": "Lima"})"), {.limit = 2000}), 9);
    EXPECT_EQ(tally_.counts, 5U);
}

TEST_F(PushdownUse, TellsHowManyRowsWillBeRead) {
    EXPECT_EQ(ids(R"({"city": "Lima"})", {.limit = 2, .skip = 1}), (std::vector<std::int64_t>{8, 11}));
    EXPECT_EQ(tally_.last_limit, 3);
    ids(R"({"city": {"$regex": "^L"}})", {.sort = parsed(R"({"age": 1})"), .limit = 2});
    EXPECT_EQ(tally_.last_limit, 0) << "all are sorted";
    ids(R"({"city": {"$regex": "^L"}})", {.sort = parsed(R"({"_id": -1})"), .limit = 2, .hint = "_id_"});
    EXPECT_EQ(tally_.last_limit, 2) << "come in order";
}

TEST_F(PushdownUse, ChoosesTheFirstOfASort) {
    const Document by_age = parsed(R"({"age": -1})");
    EXPECT_EQ(ids(R"({"city": "Lima"})", {.sort = by_age, .limit = 2}), (std::vector<std::int64_t>{26, 23}));
    EXPECT_EQ(tally_.tops, 1U);
    EXPECT_EQ(ids(R"({"city": "Lima"})", {.sort = by_age}).size(), 9U) << "all of them";
    ids(R"({"city": "Lima"})", {.sort = parsed(R"({"_version": 1})"), .limit = 2});
    ids(R"({"city": "Lima"})", {.sort = parsed(R"({"age.0": 1})"), .limit = 2});
    EXPECT_EQ(tally_.tops, 1U);
}

TEST_F(PushdownUse, CountsGroupsAndFindsValues) {
    const std::vector<FieldAggregate> count{{Aggregate::count}};
    const auto groups = people_.group_by({"city"}, count, {}, {.sort = {{1, true}}});
    ASSERT_EQ(groups.size(), 3U);
    EXPECT_EQ(groups.back().keys.front(), Value("Oslo"));
    EXPECT_EQ(groups.back().values.front(), Value(8));
    EXPECT_EQ(people_.distinct("city").size(), 3U);
    EXPECT_EQ(tally_.groups, 2U);
    people_.group_by({"city"}, {{Aggregate::sum, "age"}});
    people_.group_by({"_version"}, count);
    people_.distinct("city.0");
    EXPECT_EQ(tally_.groups, 2U);
    EXPECT_TRUE(people_.group_by({}, count, parsed(R"({"city": "Bern"})")).empty());
}

TEST_F(PushdownUse, IsExplained) {
    const Explanation exact = people_.explain(parsed(R"({"age": {"$gte": 7}, "city": {"$in": ["Kyoto", "Oslo"]}})"),
                                              {.sort = parsed(R"({"age": 1})"), .limit = 3, .verify = Verify::yes});
    EXPECT_EQ(exact.paths.front().pushed, R"(age >= 7 and (city = "Kyoto" or city = "Oslo"))");
    EXPECT_TRUE(exact.paths.front().pushed_whole);
    EXPECT_EQ(exact.narrowed_by, "the backend, then the filter");
    EXPECT_EQ(exact.sort, "the backend, the first 3, then memory");
    EXPECT_EQ(exact.verified, true);
    EXPECT_LT(exact.documents_examined, 10);
    const Explanation part = people_.explain(parsed(R"({"city": {"$regex": "o"}, "age": {"$lt": 7}})"));
    EXPECT_EQ(part.paths.front().pushed, "age < 7");
    EXPECT_FALSE(part.paths.front().pushed_whole);
    EXPECT_EQ(part.to_document()["access"].elements().begin().operator*()["pushedWhole"].boolean(), false);
    EXPECT_EQ(people_.explain(parsed(R"({"city": {"$regex": "o"}})")).paths.front().pushed, "");
}

}  // namespace

}  // namespace sheaf::indexes
