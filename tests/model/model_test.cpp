// Random operations on memory:, on sqlite: and on a model of plain lists, side by side: the same answers, the same
// errors, the same contents, versions included. SHEAF_SEED repeats a run, SHEAF_MODEL_OPS lengthens it.
#include <iostream>

#include <gtest/gtest.h>
#include <sheaf/error.hpp>
#include <sheaf/open.hpp>

#include "model/model.hpp"
#include "model/operation.hpp"
#include "model/player.hpp"
#include "support/seed.hpp"
#include "support/temp_dir.hpp"

namespace sheaf::model {

namespace {

std::string contents(const Model& model) {
    std::string shown;
    for (const auto& [name, documents] : model.collections()) {
        shown += name + ":";
        for (const ModelDocument& one : documents) shown += "\n    " + show(one.body, one.version, one.archived);
        shown += "\n";
    }
    return shown;
}

std::string commit(Transaction& transaction) {
    try {
        transaction.commit();
        return "committed";
    } catch (const Error& error) {
        return "error " + std::string(info(error.code()).name);
    }
}

class SideBySide {
public:
    explicit SideBySide(std::uint64_t seed) : generator_(seed) {}

    // One operation, or a transaction of several. Returns how many operations that were.
    std::uint64_t step() {
        if (!generator_.chance(15)) {
            play_one();
            return 1;
        }
        return play_transaction();
    }

    void reopen() {
        sqlite_.close();
        sqlite_ = open_sqlite();
    }

    void check_contents() {
        const std::string expected = contents(model_);
        ASSERT_EQ(model::contents(memory_), expected) << "memory:" << log_;
        ASSERT_EQ(model::contents(sqlite_), expected) << "sqlite:" << log_;
        log_.clear();
    }

private:
    Database open_sqlite() { return open("sqlite:" + dir_.path("model.db") + "?durability=process"); }

    Operation next() {
        Operation operation = generator_.next();
        log_ += "\n  " + operation.text();
        return operation;
    }

    void play_one() {
        const Operation operation = next();
        const std::string expected = model_.play(operation);
        ASSERT_EQ(play(memory_, operation), expected) << "memory:" << log_;
        ASSERT_EQ(play(sqlite_, operation), expected) << "sqlite:" << log_;
    }

    std::uint64_t play_transaction() {
        log_ += "\n  begin";
        Model model = model_;
        Transaction memory = memory_.begin();
        Transaction sqlite = sqlite_.begin();
        std::uint64_t played = 0;
        bool failed = false;
        for (std::size_t left = 1 + generator_.below(6); left > 0 && !failed; --left) {
            const Operation operation = next();
            const std::string expected = model.play(operation);
            EXPECT_EQ(play(memory, operation), expected) << "memory:" << log_;
            EXPECT_EQ(play(sqlite, operation), expected) << "sqlite:" << log_;
            failed = expected.starts_with("error");
            ++played;
            if (testing::Test::HasFailure()) return played;
        }
        if (generator_.chance(30)) {
            log_ += "\n  rollback";
            memory.rollback();
            sqlite.rollback();
            return played;
        }
        log_ += "\n  commit";
        // After a failed operation the engine may have to refuse the commit; it must do so everywhere alike.
        const std::string end = commit(memory);
        EXPECT_EQ(commit(sqlite), end) << log_;
        EXPECT_TRUE(end == "committed" || (failed && end == "error transaction_aborted")) << end << log_;
        if (end == "committed") model_ = std::move(model);
        return played;
    }

    Generator generator_;
    testing_support::TempDir dir_{testing_support::TempDir::fast_parent()};
    Model model_;
    Database memory_ = open("memory:");
    Database sqlite_ = open_sqlite();
    std::string log_;  // since the contents were last compared
};

TEST(Model, MemorySqliteAndPlainListsAgree) {
    const std::uint64_t seed = testing_support::random_seed();
    const std::uint64_t operations = testing_support::environment_number("SHEAF_MODEL_OPS", 20'000);
    std::cout << "SHEAF_SEED=" << seed << '\n';
    SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed));
    SideBySide side_by_side(seed);
    std::uint64_t steps = 0;
    for (std::uint64_t played = 0; played < operations && !HasFailure(); ++steps) {
        played += side_by_side.step();
        if (steps % 20 == 19) side_by_side.check_contents();
        if (steps % 500 == 499) side_by_side.reopen();
    }
    if (!HasFailure()) side_by_side.check_contents();
}

}  // namespace

}  // namespace sheaf::model
