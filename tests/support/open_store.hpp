// What the unit tests of the engine share.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <sheaf/database.hpp>
#include <sheaf/error.hpp>

#include "engine/store.hpp"
#include "storage/memory/memory_backend.hpp"

namespace sheaf::testing {

class FakeClock final : public Clock {
public:
    DateTime now() override { return {ms_++}; }
    DateTime time() const { return {ms_}; }  // without that it goes on
    void advance(std::int64_t ms) { ms_ += ms; }

private:
    std::atomic<std::int64_t> ms_{1'000'000'000};
};

// A store in memory, with what lies below the database at hand.
struct OpenStore {
    std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
    std::shared_ptr<engine::Store> store;
    Database database;

    explicit OpenStore(const Limits& limits = {}) : OpenStore(memory::open_memory(), limits) {}
    explicit OpenStore(std::unique_ptr<driver::Backend> backend, const Limits& limits = {})
        : store(std::make_shared<engine::Store>(std::move(backend), limits, clock, system_random())),
          database(make_database(store)) {}

    std::vector<std::string> tables() const {
        std::vector<std::string> names;
        for (const auto& table : store->backend().begin({})->tables()) names.push_back(table.name);
        return names;
    }

    // Removes the first `pairs` pairs of an index and adds two of documents that do not exist.
    void damage_index(const std::string& collection, const std::string& name, int pairs) const {
        const auto tx = store->backend().begin({.mode = driver::Mode::write});
        const auto info = store->catalog().find(*tx, collection);
        const std::string& table = info->find(name)->table;
        std::vector<std::pair<Bytes, std::int64_t>> first;
        {
            const auto cursor = tx->scan(table, {.order = driver::Order::key});
            driver::RowView row;
            while (pairs-- > 0 && cursor->next(row)) first.emplace_back(cursor->key(), row.meta.rid);
        }
        std::vector<driver::Write> writes;
        for (const auto& [key, rid] : first) {
            writes.push_back({.kind = driver::Write::Kind::remove, .key = key, .meta = {.rid = rid}});
        }
        for (const std::int64_t rid : {1'000'001, 1'000'002}) {
            writes.push_back({.key = first.front().first, .meta = {.rid = rid}});
        }
        tx->apply(table, writes);
        tx->commit();
    }
};

inline Database open_memory_store(const Limits& limits = {}) {
    return OpenStore(limits).database;
}

template <class Function>
Error error_of(Function function) {
    try {
        function();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(Code::internal, "");
}

template <class Function>
Code code_of(Function function) {
    return error_of(function).code();
}

// Every index holds exactly what the documents call for.
inline void expect_good(const Collection& collection) {
    for (const IndexInfo& index : collection.list_indexes()) {
        ASSERT_EQ(index.state, IndexState::ready);
        const IndexCheck check = collection.verify_index(index.name);
        ASSERT_TRUE(check.good()) << index.name << ": " << check.missing << " missing, " << check.orphaned
                                  << " orphaned of " << check.entries;
    }
}

}  // namespace sheaf::testing
