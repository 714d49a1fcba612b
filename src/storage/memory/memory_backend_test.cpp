// What is particular to this backend; the contract is tested by tests/conformance.
#include "storage/memory/memory_backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <sheaf/error.hpp>

#include "storage/memory/snapshots.hpp"
#include "storage/memory/transaction.hpp"
#include "storage/memory/writer_lock.hpp"

namespace sheaf::memory {
namespace {

using namespace sheaf::driver;  // NOLINT: the contract's words
using std::chrono::milliseconds;

constexpr std::string_view docs = "docs";

template <class Action>
std::string code_of(const Action& action) {
    try {
        action();
    } catch (const Error& error) {
        return std::string(info(error.code()).name);
    }
    return "nothing";
}

Write put_write(BytesView key, BytesView body, Expect expect = {}, std::int64_t version = 1) {
    return {.kind = Write::Kind::put, .key = key, .body = body, .meta = {.version = {version}}, .expect = expect};
}
Write remove_write(BytesView key) {
    return {.kind = Write::Kind::remove, .key = key};
}

Outcome put(Transaction& transaction, BytesView key, BytesView body) {
    const Write write = put_write(key, body);
    return transaction.apply(docs, {&write, 1}).at(0);
}

std::vector<std::string> rows(Cursor& cursor) {
    std::vector<std::string> list;
    RowView row;
    while (cursor.next(row)) {
        list.push_back(std::to_string(row.meta.rid) + ":" + std::string(cursor.key()) + "=" + std::string(row.body));
    }
    return list;
}
std::vector<std::string> rows(Transaction& transaction, Order order = Order::insertion) {
    return rows(*transaction.scan(docs, {.order = order}));
}

class MemoryBackend : public testing::Test {
protected:
    MemoryBackend() {
        const auto transaction = write();
        transaction->ensure_table(docs, TableKind::documents);
        transaction->commit();
    }
    std::unique_ptr<Transaction> read() { return backend_->begin({}); }
    std::unique_ptr<Transaction> write(const Control& control = {}) {
        return backend_->begin({.mode = Mode::write, .control = control});
    }
    void fill(int count, std::size_t body = 100) {
        const auto transaction = write();
        for (int i = 0; i < count; ++i) put(*transaction, "k" + std::to_string(i), Bytes(body, 'b'));
        transaction->commit();
    }
    std::int64_t bytes() { return backend_->statistics().bytes; }

    std::unique_ptr<Backend> backend_ = open_memory();
};

TEST_F(MemoryBackend, Capabilities) {
    const Capabilities& can = backend_->capabilities();
    EXPECT_EQ(can.backend, "memory");
    EXPECT_EQ(can.durability, Durability::memory);
    EXPECT_FALSE(can.persistent || can.multi_process || can.concurrent_writers || can.row_locks);
}

TEST_F(MemoryBackend, Url) {
    EXPECT_NE(open_memory(StoreUrl::parse("memory:")), nullptr);
    EXPECT_EQ(code_of([] { open_memory(StoreUrl::parse("memory:somewhere")); }), "invalid_url");
    EXPECT_EQ(code_of([] { open_memory(StoreUrl::parse("memory:?size=3")); }), "invalid_url");
    Registry registry;
    registry.add("memory", [](StoreUrl url) { return open_memory(std::move(url)); });
    EXPECT_EQ(registry.open("memory:")->capabilities().backend, "memory");
}

TEST_F(MemoryBackend, ReadersAndTheWriterDoNotWaitForEachOther) {
    fill(1000);
    const auto before = read();
    const auto expected = rows(*before);
    const auto writer = write();
    const auto during = read();  // while the writer is open
    put(*writer, "k5", "new");
    EXPECT_EQ(during->get(docs, "k5")->body, Bytes(100, 'b'));
    writer->commit();  // while readers are open
    EXPECT_EQ(rows(*before), expected);
    EXPECT_EQ(rows(*during), expected);
    EXPECT_EQ(read()->get(docs, "k5")->body, "new");
}

TEST_F(MemoryBackend, SnapshotsStayThroughManyCommits) {
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    struct Seen {
        std::unique_ptr<Transaction> transaction;
        std::vector<std::string> insertion;
        std::vector<std::string> key;
    };
    std::vector<Seen> seen;
    for (int i = 0; i < 3000; ++i) {
        const auto transaction = write();
        const Bytes key = "k" + std::to_string(random() % 500);
        const Bytes body = std::to_string(i);
        const Write change = random() % 3 == 0 ? remove_write(key) : put_write(key, body);
        transaction->apply(docs, {&change, 1});
        if (random() % 10 != 0) transaction->commit();
        if (random() % 50 == 0) {
            auto reader = read();
            Seen state{nullptr, rows(*reader), rows(*reader, Order::key)};
            state.transaction = std::move(reader);
            seen.push_back(std::move(state));
        }
        if (seen.size() > 20) seen.erase(seen.begin() + static_cast<std::ptrdiff_t>(random() % seen.size()));
    }
    for (const Seen& state : seen) {
        EXPECT_EQ(rows(*state.transaction), state.insertion);
        EXPECT_EQ(rows(*state.transaction, Order::key), state.key);
    }
}

TEST_F(MemoryBackend, MemoryComesBack) {
    fill(2000);
    const std::int64_t filled = bytes();
    EXPECT_GT(filled, 2000 * 100);
    {
        const auto transaction = write();  // rolled back
        for (int i = 0; i < 3000; ++i) put(*transaction, "k" + std::to_string(i), Bytes(1000, 'c'));
        const Write removal = remove_write("k7");
        transaction->apply(docs, {&removal, 1});
        transaction->ensure_table("other", TableKind::ordered);
        transaction->drop_table(docs);
    }
    EXPECT_EQ(bytes(), filled);
    {
        const auto reader = read();
        const auto transaction = write();
        transaction->drop_table(docs);
        transaction->commit();
        EXPECT_GE(bytes(), filled);
        EXPECT_EQ(rows(*reader).size(), 2000U);
    }
    EXPECT_LT(bytes(), 1000);
}

TEST_F(MemoryBackend, AnOldReaderKeepsOnlyWhatItSees) {
    fill(2000);
    const std::int64_t filled = bytes();
    const auto reader = read();
    for (int i = 0; i < 20000; ++i) {
        const auto transaction = write();
        put(*transaction, "k5", std::to_string(i));
        transaction->commit();
    }
    EXPECT_LT(bytes(), filled + 50000);  // the reader's path and row, not 20000 of them
    EXPECT_EQ(reader->get(docs, "k5")->body, Bytes(100, 'b'));
}

// On the parts, as statistics() would free before it counts.
TEST(Snapshots, TheLastReaderFreesWhatItHeld) {
    Snapshots snapshots;
    WriterLock writer;
    const auto write = [&](std::size_t size) {
        writer.acquire({});
        WriteTransaction transaction(snapshots, writer);
        transaction.ensure_table(docs, TableKind::documents);
        for (int i = 0; i < 100; ++i) put(transaction, std::to_string(i), Bytes(size, 'b'));
        transaction.commit();
    };
    write(20000);
    ReadTransaction first(snapshots, snapshots.pin());
    ReadTransaction second(snapshots, snapshots.pin());
    write(10);
    EXPECT_GT(snapshots.bytes(), 100 * 20000);
    first.commit();
    EXPECT_GT(snapshots.bytes(), 100 * 20000);
    EXPECT_EQ(second.get(docs, "7")->body, Bytes(20000, 'b'));
    second.commit();  // nobody writes again
    EXPECT_LT(snapshots.bytes(), 100 * 1000);
}

TEST_F(MemoryBackend, MoreReadersThanSlots) {
    std::vector<std::unique_ptr<Transaction>> readers;
    for (int i = 0; i < 300; ++i) {
        fill(i + 1);
        readers.push_back(read());
    }
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(rows(*readers[static_cast<std::size_t>(i)]).size(), static_cast<std::size_t>(i) + 1);
    }
    readers.clear();
    backend_->close();
}

TEST_F(MemoryBackend, CursorsKeepTheirStateThroughOwnWrites) {
    fill(500);
    const auto transaction = write();
    put(*transaction, "own", "1");
    const auto expected = rows(*transaction);
    const auto by_key = rows(*transaction, Order::key_descending);
    const auto first = transaction->scan(docs, {});
    const auto second = transaction->scan(docs, {.order = Order::key_descending});
    RowView view;
    ASSERT_TRUE(first->next(view));
    for (int i = 0; i < 600; ++i) put(*transaction, "k" + std::to_string(i), "new");
    const Write removal = remove_write("own");
    transaction->apply(docs, {&removal, 1});
    transaction->drop_table(docs);
    EXPECT_EQ(view.body, Bytes(100, 'b'));
    EXPECT_EQ(first->key(), "k0");
    EXPECT_EQ(rows(*first), std::vector<std::string>(expected.begin() + 1, expected.end()));
    EXPECT_EQ(rows(*second), by_key);
}

TEST_F(MemoryBackend, WritingUnderACursorAgainAndAgainKeepsNothing) {
    fill(200);
    const auto transaction = write();
    put(*transaction, "k1", "x");
    const std::int64_t before = bytes();
    for (int i = 0; i < 5000; ++i) {
        const auto cursor = transaction->scan(docs, {});
        RowView view;
        ASSERT_TRUE(cursor->next(view));
        put(*transaction, cursor->key(), std::to_string(i));
    }
    transaction->commit();
    EXPECT_LT(bytes(), before + 20000);
}

TEST_F(MemoryBackend, AfterTheTransactionCursorsThrow) {
    fill(3);
    const auto reader = read();
    const auto cursor = reader->scan(docs, {});
    RowView view;
    ASSERT_TRUE(cursor->next(view));
    reader->commit();
    EXPECT_EQ(code_of([&] { cursor->next(view); }), "closed");
    EXPECT_EQ(code_of([&] { cursor->key(); }), "closed");
    EXPECT_EQ(code_of([&] { reader->get(docs, "k0"); }), "closed");
    EXPECT_EQ(code_of([&] { reader->commit(); }), "closed");
}

TEST_F(MemoryBackend, AFailedBatchIsTakenBackWhateverItDid) {
    fill(200);
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto transaction = write();
    for (int i = 0; i < 50; ++i) put(*transaction, "own" + std::to_string(i), "mine");
    for (int round = 0; round < 200; ++round) {
        const auto insertion = rows(*transaction);
        const auto key = rows(*transaction, Order::key);
        std::vector<Bytes> keys;
        for (int i = 0; i < 40; ++i) {
            keys.push_back((random() % 2 == 0 ? "k" : "own") + std::to_string(random() % 60));
        }
        std::vector<Write> batch;
        for (const Bytes& one : keys) batch.push_back(random() % 3 == 0 ? remove_write(one) : put_write(one, "batch"));
        batch.push_back(put_write("fresh", "1", Expect::absent()));
        batch.push_back(put_write("fresh", "2", Expect::absent()));
        EXPECT_EQ(transaction->apply(docs, batch).back(), Outcome::duplicate);
        ASSERT_EQ(rows(*transaction), insertion);
        ASSERT_EQ(rows(*transaction, Order::key), key);
    }
    const auto before = rows(*transaction);
    transaction->commit();
    EXPECT_EQ(rows(*read()), before);
}

TEST_F(MemoryBackend, RangesInBothDirections) {
    const auto transaction = write();
    for (int i = 10; i < 1000; ++i) put(*transaction, std::to_string(i), "");
    const auto keys = [&](Order order, std::optional<Bytes> lower, std::optional<Bytes> upper) {
        std::vector<std::string> list;
        const auto cursor = transaction->scan(docs, {.order = order, .range = {std::move(lower), std::move(upper)}});
        RowView view;
        while (cursor->next(view)) list.emplace_back(cursor->key());
        return list;
    };
    std::map<Bytes, int> model;
    for (int i = 10; i < 1000; ++i) model[std::to_string(i)];
    std::mt19937_64 random(3);
    for (int i = 0; i < 500; ++i) {
        const auto bound = [&]() -> std::optional<Bytes> {
            if (random() % 5 == 0) return std::nullopt;
            return std::to_string(random() % 1100).substr(0, random() % 4);
        };
        const std::optional<Bytes> lower = bound();
        const std::optional<Bytes> upper = bound();
        std::vector<std::string> expected;
        for (const auto& [key, unused] : model) {
            if ((!lower || key >= *lower) && (!upper || key < *upper)) expected.push_back(key);
        }
        ASSERT_EQ(keys(Order::key, lower, upper), expected);
        std::reverse(expected.begin(), expected.end());
        ASSERT_EQ(keys(Order::key_descending, lower, upper), expected);
    }
}

TEST_F(MemoryBackend, ResumingByPosition) {
    fill(300);
    const auto reader = read();
    const auto after = [&](std::int64_t rid) { return rows(*reader->scan(docs, {.after_rid = rid})).size(); };
    EXPECT_EQ(after(-5), 300U);
    EXPECT_EQ(after(0), 300U);
    EXPECT_EQ(after(63), 237U);
    EXPECT_EQ(after(299), 1U);
    EXPECT_EQ(after(300), 0U);
    EXPECT_EQ(after(std::numeric_limits<std::int64_t>::max()), 0U);
    EXPECT_EQ(after(std::numeric_limits<std::int64_t>::min()), 300U);
}

TEST_F(MemoryBackend, OrderedTablesHaveNoVersionsAndNoInsertionOrder) {
    const auto transaction = write();
    transaction->ensure_table("index", TableKind::ordered);
    const Write plain = put_write("a", "1", {}, 7);
    transaction->apply("index", {&plain, 1});
    EXPECT_EQ(transaction->get("index", "a")->meta, RowMeta{});
    const Write versioned = put_write("a", "1", Expect::exactly({1}));
    EXPECT_EQ(code_of([&] { transaction->apply("index", {&versioned, 1}); }), "invalid_argument");
    EXPECT_EQ(code_of([&] { transaction->scan("index", {}); }), "invalid_argument");
    transaction->commit();  // both were refused before anything was done
}

TEST_F(MemoryBackend, WriterWaits) {
    auto holder = write();
    EXPECT_EQ(code_of([&] { write(); }), "locked");
    std::thread([&] {
        EXPECT_EQ(code_of([&] { write({.deadline = Control::within(milliseconds(20))}); }), "deadline_exceeded");
        std::stop_source stop;
        std::chrono::steady_clock::time_point stopped;
        std::thread stopper([&] {
            std::this_thread::sleep_for(milliseconds(30));
            stopped = std::chrono::steady_clock::now();
            stop.request_stop();
        });
        EXPECT_EQ(code_of([&] { write({.stop = stop.get_token()}); }), "cancelled");
        const auto end = std::chrono::steady_clock::now();
        stopper.join();
        EXPECT_LT(end - stopped, milliseconds(500));
    }).join();
    std::thread waiter([&] {
        const auto transaction = write();
        put(*transaction, "from", "waiter");
        transaction->commit();
    });
    std::this_thread::sleep_for(milliseconds(30));
    const auto released = std::chrono::steady_clock::now();
    holder.reset();
    waiter.join();
    EXPECT_LT(std::chrono::steady_clock::now() - released, std::chrono::seconds(2));  // woken, not timed out
    EXPECT_EQ(read()->get(docs, "from")->body, "waiter");
}

TEST_F(MemoryBackend, WithoutADeadlineTheWaitEndsAsBusy) {
    const auto holder = write();
    std::thread([&] {
        const auto start = std::chrono::steady_clock::now();
        EXPECT_EQ(code_of([&] { write(); }), "busy");
        EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(4900));
    }).join();
}

TEST_F(MemoryBackend, AMovedTransactionBelongsToTheThreadThatWrites) {
    auto transaction = write();
    std::thread([&, moved = std::move(transaction)]() mutable {
        put(*moved, "a", "1");
        EXPECT_EQ(code_of([&] { write(); }), "locked");
        std::thread([&] {
            EXPECT_EQ(code_of([&] { write({.deadline = Control::within(milliseconds(10))}); }), "deadline_exceeded");
        }).join();
        moved->commit();
    }).join();
    EXPECT_EQ(read()->get(docs, "a")->body, "1");
    write();  // free again
}

TEST_F(MemoryBackend, Close) {
    auto reader = read();
    EXPECT_EQ(code_of([&] { backend_->close(); }), "busy");
    EXPECT_EQ(code_of([&] { reader->tables(); }), "nothing");
    reader.reset();
    auto writer = write();
    EXPECT_EQ(code_of([&] { backend_->close(); }), "busy");
    writer.reset();
    backend_->close();
    EXPECT_EQ(code_of([&] { read(); }), "closed");
    EXPECT_EQ(code_of([&] { write(); }), "closed");
    EXPECT_EQ(code_of([&] { backend_->ping(); }), "closed");
    EXPECT_EQ(code_of([&] { backend_->statistics(); }), "closed");
    EXPECT_EQ(code_of([&] { backend_->close(); }), "closed");
}

// Run under ThreadSanitizer: two writers move money about while two readers sum it up and scan.
TEST_F(MemoryBackend, ThreadsSeeWholeTransactions) {
    constexpr int accounts = 300;
    constexpr int balance = 1000;
    {
        const auto transaction = write();
        for (int i = 0; i < accounts; ++i) put(*transaction, std::to_string(i), std::to_string(balance));
        transaction->commit();
    }
    std::atomic<bool> stop{false};
    std::atomic<int> sums{0};
    const auto moving = [&](std::uint64_t seed) {
        std::mt19937_64 random(seed);
        for (int i = 0; i < 3000; ++i) {
            const auto transaction = write();
            const Bytes from = std::to_string(random() % accounts);
            const Bytes to = std::to_string(random() % accounts);
            if (from == to) continue;
            const Bytes less = std::to_string(std::stoi(transaction->get(docs, from)->body) - 1);
            const Bytes more = std::to_string(std::stoi(transaction->get(docs, to)->body) + 1);
            const std::vector<Write> batch{put_write(from, less), put_write(to, more)};
            transaction->apply(docs, batch);
            if (i % 7 != 0) transaction->commit();
        }
    };
    const auto summing = [&] {
        while (!stop) {
            const auto transaction = read();
            const auto cursor = transaction->scan(docs, {.order = sums % 2 == 0 ? Order::insertion : Order::key});
            int sum = 0;
            RowView view;
            while (cursor->next(view)) sum += std::stoi(Bytes(view.body));
            ASSERT_EQ(sum, accounts * balance);
            ++sums;
            for (int i = 0; i < 50; ++i) ASSERT_TRUE(read()->get(docs, std::to_string(i)));
        }
    };
    std::thread readers[] = {std::thread(summing), std::thread(summing)};
    std::thread writers[] = {std::thread(moving, 1), std::thread(moving, 2)};
    for (std::thread& writer : writers) writer.join();
    stop = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_GT(sums, 0);
    const std::int64_t held = bytes();
    EXPECT_LT(held, accounts * 400);
}

TEST(MemoryChanges, AreRefusedAgainAndAgainOnceTheStoreIsClosed) {
    const std::unique_ptr<driver::Backend> backend = open_memory();
    const std::unique_ptr<driver::ChangeSignal> signal = backend->changes();
    backend->close();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(code_of([&] { signal->wait({.deadline = Control::within(std::chrono::seconds(5))}); }), "closed");
    }
}

}  // namespace
}  // namespace sheaf::memory
