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
using driver::KeyRange;
using driver::LockOutcome;
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

// The key of an _id, as the engine makes it for documents tables.
Bytes id(const Value& value);

// Metadata that differs from number to number.
RowMeta meta(std::int64_t version);

Write put(BytesView key, BytesView body, std::int64_t version = 1, Expect expect = {});
Write remove(BytesView key, Expect expect = {});

using Outcomes = std::vector<Outcome>;
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
