#include "conformance/conformance.hpp"

#include <random>
#include <string_view>

#include "conformance/helpers.hpp"
#include "document/encoder.hpp"
#include "document/key.hpp"
#include "support/backends.hpp"

namespace sheaf::driver {

void PrintTo(Outcome outcome, std::ostream* out) {
    constexpr std::string_view names[] = {"done", "mismatch", "duplicate", "duplicate_entry"};
    *out << names[static_cast<std::size_t>(outcome)];
}

void PrintTo(const TableInfo& table, std::ostream* out) {
    constexpr std::string_view kinds[] = {"documents", "ordered", "index", "unique_index"};
    *out << table.name << " (" << kinds[static_cast<std::size_t>(table.kind)] << ") "
         << testing::PrintToString(table.description.substr(0, 60));
}

void PrintTo(const RowMeta& meta, std::ostream* out) {
    *out << "{rid " << meta.rid << ", version " << meta.version.value << (meta.archived ? ", archived" : "")
         << ", created " << meta.created.ms << ", updated " << meta.updated.ms << "}";
}

}  // namespace sheaf::driver

namespace sheaf::conformance {

std::string name_of_subject(const testing::TestParamInfo<Subject>& info) {
    return info.param.name;
}

void Conformance::SetUp() {
    if (!testing_support::is_chosen(GetParam().name)) GTEST_SKIP() << "TEST_DB leaves " << GetParam().name << " out";
    harness_ = GetParam().make();
    backend_ = harness_->open_empty();
    ASSERT_NE(backend_, nullptr);
}

void Conformance::TearDown() {
    backend_.reset();
    harness_.reset();
}

void Conformance::make_tables() {
    const auto transaction = write();
    ASSERT_TRUE(transaction->ensure_table(docs, TableKind::documents));
    ASSERT_TRUE(transaction->ensure_table(index, TableKind::ordered));
    transaction->commit();
}

void Conformance::make_index_tables() {
    const auto transaction = write();
    ASSERT_TRUE(transaction->ensure_table(docs, TableKind::documents));
    ASSERT_TRUE(transaction->ensure_table(by_name, TableKind::index));
    ASSERT_TRUE(transaction->ensure_table(by_mail, TableKind::unique_index));
    transaction->commit();
}

void Conformance::close_and_reopen() {
    backend_->close();
    drop_and_reopen();
}

void Conformance::drop_and_reopen() {
    backend_.reset();
    backend_ = harness_->reopen();
    ASSERT_NE(backend_, nullptr) << "capabilities say persistent, but the harness cannot reopen";
}

Bytes id(const Value& value) {
    const Bytes encoded = encode(value);
    return encode_id(View(encoded), Limits{});
}

RowMeta meta(std::int64_t version) {
    RowMeta made;
    made.version = Version{version};
    made.archived = version % 2 == 0;
    made.created = DateTime{1'000 + version};
    made.updated = DateTime{2'000 + version};
    return made;
}

Write put(BytesView key, BytesView body, std::int64_t version, Expect expect) {
    return {.kind = Write::Kind::put, .key = key, .body = body, .meta = meta(version), .expect = expect};
}

Write remove(BytesView key, Expect expect) {
    return {.kind = Write::Kind::remove, .key = key, .body = {}, .meta = {}, .expect = expect};
}

Write add_pair(BytesView key, std::int64_t rid) {
    return {.kind = Write::Kind::put, .key = key, .meta = {.rid = rid}};
}

Write remove_pair(BytesView key, std::int64_t rid) {
    return {.kind = Write::Kind::remove, .key = key, .meta = {.rid = rid}};
}

IndexEntry adds(std::string_view table, BytesView key) {
    return {IndexEntry::Kind::add, table, key};
}

IndexEntry removes(std::string_view table, BytesView key) {
    return {IndexEntry::Kind::remove, table, key};
}

Write with(Write write, std::initializer_list<IndexEntry> entries) {
    write.entries = std::span(entries.begin(), entries.size());
    return write;
}

Write with(Write write, std::int64_t rid, std::initializer_list<IndexEntry> entries) {
    write.meta.rid = rid;
    return with(write, entries);
}

Expect version(std::int64_t number) {
    return Expect::exactly(Version{number});
}

Outcomes until_failure(const Outcomes& outcomes, std::size_t writes) {
    EXPECT_EQ(outcomes.size(), writes) << "one outcome per write";
    Outcomes found;
    for (const Outcome outcome : outcomes) {
        found.push_back(outcome);
        if (outcome != Outcome::done) break;
    }
    return found;
}

Outcomes apply(Transaction& transaction, std::string_view table, std::initializer_list<Write> writes) {
    return transaction.apply(table, std::span(writes.begin(), writes.size()));
}

void must(Transaction& transaction, std::string_view table, const Write& write) {
    EXPECT_EQ(apply(transaction, table, {write}), Outcomes{Outcome::done});
}

void commit_one(Backend& backend, std::string_view table, const Write& write) {
    const auto transaction = backend.begin({.mode = Mode::write, .control = {}});
    must(*transaction, table, write);
    transaction->commit();
}

void PrintTo(const Seen& seen, std::ostream* out) {
    *out << testing::PrintToString(seen.key) << ": " << testing::PrintToString(seen.body.substr(0, 60)) << " ";
    PrintTo(seen.meta, out);
}

std::vector<Seen> rows(Transaction& transaction, std::string_view table, const Scan& scan) {
    std::vector<Seen> found;
    const auto cursor = transaction.scan(table, scan);
    for (RowView row; cursor->next(row);) found.push_back({Bytes(cursor->key()), Bytes(row.body), row.meta});
    return found;
}

std::vector<Pair> pairs(Transaction& transaction, std::string_view table, const Scan& scan) {
    std::vector<Pair> found;
    for (const Seen& seen : rows(transaction, table, scan)) {
        EXPECT_EQ(seen.body, "") << "of a pair";
        EXPECT_EQ(seen.meta, RowMeta{.rid = seen.meta.rid}) << "of a pair";
        found.emplace_back(seen.key, seen.meta.rid);
    }
    return found;
}

std::vector<Seen> fetched(Transaction& transaction, std::string_view table, const IndexScan& scan) {
    std::vector<Seen> found;
    const auto cursor = transaction.fetch(table, scan);
    for (RowView row; cursor->next(row);) found.push_back({Bytes(cursor->key()), Bytes(row.body), row.meta});
    return found;
}

std::int64_t rid_of(Transaction& transaction, BytesView key) {
    const auto row = transaction.get(docs, key);
    return row ? row->meta.rid : 0;
}

std::vector<Bytes> keys(Transaction& transaction, std::string_view table, const Scan& scan) {
    std::vector<Bytes> found;
    const auto cursor = transaction.scan(table, scan);
    for (RowView row; cursor->next(row);) found.emplace_back(cursor->key());
    return found;
}

std::vector<Bytes> keys(Backend& backend, std::string_view table, const Scan& scan) {
    return keys(*backend.begin({.mode = Mode::read, .control = {}}), table, scan);
}

Bytes body(Transaction& transaction, std::string_view table, BytesView key) {
    const auto row = transaction.get(table, key);
    return row ? row->body : "(none)";
}

Bytes body(Backend& backend, std::string_view table, BytesView key) {
    return body(*backend.begin({.mode = Mode::read, .control = {}}), table, key);
}

Bytes noise(std::size_t size, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Bytes bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() & 0xFFU);
    return bytes;
}

}  // namespace sheaf::conformance
