// Threads: one Backend used by many, without lost updates, torn reads or unrepeatable ones.
#include <atomic>
#include <charconv>
#include <thread>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

// Joins when it goes out of scope, so that a failing assertion cannot leave a thread behind.
void run_together(std::vector<std::function<void()>> bodies) {
    std::vector<std::jthread> threads;
    for (auto& body : bodies) threads.emplace_back(std::move(body));
}

Control patient() {
    return {.deadline = Control::within(std::chrono::seconds(60)), .stop = {}};
}

std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// Writers that conflict on a backend with concurrent writers have to begin again.
template <typename Function>
void retry(Function&& function) {
    for (int attempt = 0; attempt < 1'000; ++attempt) {
        const std::string error = error_of(function);
        if (error == "nothing") return;
        ASSERT_TRUE(error == "serialization" || error == "conflict" || error == "deadlock") << error;
    }
    FAIL() << "a thousand conflicts in a row";
}

}  // namespace

TEST_P(Threads, NoUpdateIsLost) {
    make_tables();
    commit_one(backend(), docs, put(id("n"), "0", 1));
    constexpr int threads = 8;
    constexpr int rounds = 40;
    std::vector<std::function<void()>> bodies;
    for (int thread = 0; thread < threads; ++thread) {
        bodies.emplace_back([this] {
            for (int round = 0; round < rounds; ++round) {
                retry([this] {
                    const auto writer = backend().begin({.mode = Mode::write, .control = patient()});
                    const auto row = writer->get(docs, id("n"));
                    const std::int64_t version = row->meta.version.value;
                    must(*writer, docs,
                         put(id("n"), std::to_string(number(row->body) + 1), version + 1,
                             Expect::exactly(Version{version})));
                    writer->commit();
                });
            }
        });
    }
    run_together(std::move(bodies));
    EXPECT_EQ(body(backend(), docs, id("n")), std::to_string(threads * rounds));
    EXPECT_EQ(read()->get(docs, id("n"))->meta.version, Version{threads * rounds + 1});
}

TEST_P(Threads, InsertOfOneKeyIsWonByOne) {
    make_tables();
    std::atomic<int> won = 0;
    std::atomic<int> lost = 0;
    std::vector<std::function<void()>> bodies;
    for (int thread = 0; thread < 8; ++thread) {
        bodies.emplace_back([&] {
            for (int key = 0; key < 20; ++key) {
                retry([&] {
                    const auto writer = backend().begin({.mode = Mode::write, .control = patient()});
                    const auto outcomes = apply(*writer, docs, {put(id(key), "x", 1, Expect::absent())});
                    writer->commit();
                    ++(outcomes.front() == Outcome::done ? won : lost);
                });
            }
        });
    }
    run_together(std::move(bodies));
    EXPECT_EQ(won, 20);
    EXPECT_EQ(lost, 7 * 20);
    EXPECT_EQ(rows(*read(), docs).size(), 20U);
}

// Money moves between accounts; every snapshot must find all of it, however often and in whatever way it looks.
TEST_P(Threads, ReadersSeeOneMoment) {
    make_tables();
    constexpr int accounts = 50;
    constexpr std::int64_t total = accounts * 100;
    for (int i = 0; i < accounts; ++i) commit_one(backend(), docs, put(id(i), "100"));
    std::atomic<bool> finished = false;
    const auto transfer = [this](int from, int to) {
        const auto writer = backend().begin({.mode = Mode::write, .control = patient()});
        const std::int64_t have = number(writer->get(docs, id(from))->body);
        const std::int64_t other = number(writer->get(docs, id(to))->body);
        must(*writer, docs, put(id(from), std::to_string(have - 1)));
        must(*writer, docs, put(id(to), std::to_string(other + 1)));
        writer->commit();
    };
    std::vector<std::function<void()>> bodies;
    bodies.emplace_back([&] {
        for (int i = 0; i < 300; ++i) retry([&] { transfer(i % accounts, (i + 1 + i % 7) % accounts); });
        finished = true;
    });
    for (int reader = 0; reader < 3; ++reader) {
        bodies.emplace_back([&] {
            do {
                const auto snapshot = backend().begin({.mode = Mode::read, .control = patient()});
                for (const Order order : {Order::insertion, Order::key, Order::key_descending}) {
                    std::int64_t sum = 0;
                    for (const Seen& seen : rows(*snapshot, docs, {.order = order, .range = {}}))
                        sum += number(seen.body);
                    ASSERT_EQ(sum, total);
                }
            } while (!finished);
        });
    }
    run_together(std::move(bodies));
}

TEST_P(Threads, TablesComeAndGoUnderReaders) {
    std::atomic<bool> finished = false;
    std::vector<std::function<void()>> bodies;
    bodies.emplace_back([&] {
        for (int i = 0; i < 60; ++i) {
            retry([&] {
                const auto writer = backend().begin({.mode = Mode::write, .control = patient()});
                writer->drop_table("t");
                writer->ensure_table("t", i % 2 == 0 ? TableKind::documents : TableKind::ordered);
                must(*writer, "t", put(id(1), "x"));
                writer->commit();
            });
        }
        finished = true;
    });
    for (int reader = 0; reader < 3; ++reader) {
        bodies.emplace_back([&] {
            const auto look = [&] {
                const auto snapshot = backend().begin({.mode = Mode::read, .control = patient()});
                const auto tables = snapshot->tables();
                if (tables.empty()) return;
                ASSERT_EQ(body(*snapshot, "t", id(1)), "x");
                ASSERT_EQ(rows(*snapshot, "t", {.order = Order::key, .range = {}}).size(), 1U);
            };
            do {
                retry(look);
            } while (!finished);
        });
    }
    run_together(std::move(bodies));
}

TEST_P(Threads, SnapshotsMayOutnumberTheBackendsOwnResources) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "x"));
    std::vector<std::unique_ptr<Transaction>> open;
    for (int i = 0; i < 100; ++i) open.push_back(backend().begin({.mode = Mode::read, .control = patient()}));
    for (const auto& transaction : open) EXPECT_EQ(body(*transaction, docs, id(1)), "x");
    commit_one(backend(), docs, put(id(1), "y", 2));
    EXPECT_EQ(body(*open.front(), docs, id(1)), "x");
    EXPECT_EQ(body(*open.back(), docs, id(1)), "x");
}

}  // namespace sheaf::conformance
