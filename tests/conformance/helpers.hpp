// Short forms for the conformance tests. Writes and ranges borrow their bytes as the contract does: use them within the
// statement that makes them, or keep the bytes.
// Threads: free functions.
#pragma once

#include <future>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sheaf/driver/backend.hpp>
#include <sheaf/error.hpp>
#include <sheaf/value.hpp>

namespace sheaf::driver {

// How GoogleTest shows these.
void PrintTo(Outcome outcome, std::ostream* out);
void PrintTo(const TableInfo& table, std::ostream* out);
void PrintTo(const RowMeta& meta, std::ostream* out);

}  // namespace sheaf::driver

namespace sheaf::conformance {

using driver::Backend;
using driver::Cursor;
using driver::Expect;
using driver::IndexEntry;
using driver::IndexScan;
using driver::KeyRange;
using driver::LockWait;
using driver::Mode;
using driver::Order;
using driver::Outcome;
using driver::Row;
using driver::RowMeta;
using driver::RowView;
using driver::Scan;
using driver::TableInfo;
using driver::TableKind;
using driver::Transaction;
using driver::Write;

// The two tables of Conformance::make_tables().
inline constexpr std::string_view docs = "docs";
inline constexpr std::string_view index = "index";

// The indexes of Conformance::make_index_tables().
inline constexpr std::string_view by_name = "by_name";  // plain
inline constexpr std::string_view by_mail = "by_mail";  // unique

// The key of an _id, as the engine makes it for documents tables.
Bytes id(const Value& value);

// Metadata that differs from number to number.
RowMeta meta(std::int64_t version);

Write put(BytesView key, BytesView body, std::int64_t version = 1, Expect expect = {});
Write remove(BytesView key, Expect expect = {});

// Writes to an index table.
Write add_pair(BytesView key, std::int64_t rid);
Write remove_pair(BytesView key, std::int64_t rid);
// What goes with a write to a documents table. With a rid: that of the row, which the write replaces or removes.
IndexEntry adds(std::string_view table, BytesView key);
IndexEntry removes(std::string_view table, BytesView key);
Write with(Write write, std::initializer_list<IndexEntry> entries);
Write with(Write write, std::int64_t rid, std::initializer_list<IndexEntry> entries);

Expect version(std::int64_t number);

using Outcomes = std::vector<Outcome>;
// The outcomes up to the first failure; what follows is the backend's own. Expects one for each write.
Outcomes until_failure(const Outcomes& outcomes, std::size_t writes);
Outcomes apply(Transaction& transaction, std::string_view table, std::initializer_list<Write> writes);
// One write that has to succeed.
void must(Transaction& transaction, std::string_view table, const Write& write);
// One write that has to succeed, in a transaction of its own.
void commit_one(Backend& backend, std::string_view table, const Write& write);

struct Seen {
    Bytes key;
    Bytes body;
    RowMeta meta;
    bool operator==(const Seen&) const = default;
};
void PrintTo(const Seen& seen, std::ostream* out);

std::vector<Seen> rows(Transaction& transaction, std::string_view table, const Scan& scan = {});
using Pair = std::pair<Bytes, std::int64_t>;
// The pairs of an index table; expects them to have nothing but key and rid.
std::vector<Pair> pairs(Transaction& transaction, std::string_view table, const Scan& scan = {.order = Order::key});
// What fetch() gives; the keys are those of the pairs.
std::vector<Seen> fetched(Transaction& transaction, std::string_view table, const IndexScan& scan);
// Of a row of `docs`; 0: there is none.
std::int64_t rid_of(Transaction& transaction, BytesView key);

std::vector<Bytes> keys(Transaction& transaction, std::string_view table, const Scan& scan = {});
std::vector<Bytes> keys(Backend& backend, std::string_view table, const Scan& scan = {});
// The body, or "(none)".
Bytes body(Transaction& transaction, std::string_view table, BytesView key);
Bytes body(Backend& backend, std::string_view table, BytesView key);

// The name of the code that the function throws, or "nothing".
template <typename Function>
std::string error_of(Function&& function) {
    try {
        std::forward<Function>(function)();
    } catch (const Error& error) {
        return std::string(info(error.code()).name);
    }
    return "nothing";
}

// Runs the function in a thread of its own and hands on what it returns or throws.
template <typename Function>
auto in_thread(Function&& function) {
    return std::async(std::launch::async, std::forward<Function>(function)).get();
}

// Bytes without a pattern, the same for the same seed.
Bytes noise(std::size_t size, std::uint64_t seed = 1);

}  // namespace sheaf::conformance
