// Random operations on every backend and on a model of plain lists, side by side: the same answers, the same
// errors, the same contents, versions included. SHEAF_SEED repeats a run, SHEAF_MODEL_OPS lengthens it.
#include <iostream>

#include <gtest/gtest.h>
#include <sheaf/error.hpp>
#include <sheaf/open.hpp>

#include "model/model.hpp"
#include "model/operation.hpp"
#include "model/player.hpp"
#include "support/backends.hpp"
#include "support/empty_store.hpp"
#include "support/seed.hpp"

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

// One of the stores that are compared.
struct Store {
    explicit Store(const std::string& backend) : name(backend + ": "), place(backend), database(open(place.url())) {}

    void reopen() {
        if (!place.is_lasting()) return;
        database.close();
        database = open(place.url());
    }

    std::string name;
    testing_support::EmptyStore place;  // before the database, which closes first
    Database database;
};

class SideBySide {
public:
    explicit SideBySide(std::uint64_t seed) : generator_(seed) {
        for (const std::string& backend : testing_support::chosen_backends({"memory", "sqlite", "postgres"})) {
            stores_.push_back(std::make_unique<Store>(backend));
        }
    }

    // One operation, or a transaction of several. Returns how many operations that were.
    std::uint64_t step() {
        if (!generator_.chance(15)) {
            play_one();
            return 1;
        }
        return play_transaction();
    }

    void reopen() {
        for (const auto& store : stores_) store->reopen();
    }

    void check_contents() {
        const std::string expected = contents(model_);
        for (const auto& store : stores_) ASSERT_EQ(model::contents(store->database), expected) << store->name << log_;
        log_.clear();
    }

private:
    Operation next() {
        Operation operation = generator_.next();
        log_ += "\n  " + operation.text();
        return operation;
    }

    void play_one() {
        const Operation operation = next();
        const std::string expected = model_.play(operation);
        for (const auto& store : stores_) {
            ASSERT_EQ(play(store->database, operation), expected) << store->name << log_;
        }
    }

    std::uint64_t play_transaction() {
        log_ += "\n  begin";
        Model model = model_;
        std::vector<Transaction> transactions;
        for (const auto& store : stores_) transactions.push_back(store->database.begin());
        std::uint64_t played = 0;
        bool failed = false;
        for (std::size_t left = 1 + generator_.below(6); left > 0 && !failed; --left) {
            const Operation operation = next();
            const std::string expected = model.play(operation);
            for (std::size_t i = 0; i < stores_.size(); ++i) {
                EXPECT_EQ(play(transactions[i], operation), expected) << stores_[i]->name << log_;
            }
            failed = expected.starts_with("error");
            ++played;
            if (testing::Test::HasFailure()) return played;
        }
        if (generator_.chance(30)) {
            log_ += "\n  rollback";
            for (Transaction& transaction : transactions) transaction.rollback();
            return played;
        }
        log_ += "\n  commit";
        end(transactions, failed, model);
        return played;
    }

    // After a failed operation the engine may have to refuse the commit; it must do so everywhere alike.
    void end(std::vector<Transaction>& transactions, bool failed, Model& model) {
        const std::string end = commit(transactions.front());
        for (std::size_t i = 1; i < transactions.size(); ++i) {
            EXPECT_EQ(commit(transactions[i]), end) << stores_[i]->name << log_;
        }
        EXPECT_TRUE(end == "committed" || (failed && end == "error transaction_aborted")) << end << log_;
        if (end == "committed") model_ = std::move(model);
    }

    Generator generator_;
    Model model_;
    std::vector<std::unique_ptr<Store>> stores_;
    std::string log_;  // since the contents were last compared
};

TEST(Model, BackendsAndPlainListsAgree) {
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
