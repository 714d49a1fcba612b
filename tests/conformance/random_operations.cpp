// Random operations on the backend and on a std::map beside it: transactions with rollbacks, batches that fail, tables
// that come and go, snapshots that stay open and are looked at again. SHEAF_SEED repeats a run, SHEAF_MODEL_OPS
// lengthens it.
#include <algorithm>
#include <iostream>
#include <map>
#include <random>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"
#include "support/seed.hpp"

namespace sheaf::conformance {

namespace {

struct ModelRow {
    Bytes body;
    RowMeta meta;            // without rid
    std::int64_t place = 0;  // in insertion order
    std::int64_t rid = 0;    // as the backend told it; 0: not seen yet
};

struct ModelTable {
    TableKind kind = TableKind::documents;
    Bytes description;
    std::map<Bytes, ModelRow> rows;
};

using Model = std::map<std::string, ModelTable, std::less<>>;

struct OwnedWrite {
    Write write;
    Bytes key;
    Bytes body;
};

struct Snapshot {
    std::unique_ptr<Transaction> transaction;
    Model model;
};

class Play {
public:
    Play(Backend& backend, std::uint64_t seed) : backend_(&backend), random_(seed) {
        for (int i = 0; i < 12; ++i) {
            document_keys_.push_back(id(i * 3 - 10));
            document_keys_.push_back(id(std::string(static_cast<std::size_t>(i % 4), 'k') + std::to_string(i)));
            document_keys_.push_back(id(Value(DateTime{i})));
        }
        document_keys_.push_back(id(Value(std::string("\0", 1))));
        document_keys_.push_back(id(""));
        document_keys_.push_back(id(true));
    }

    void step();
    void reopened(Backend& backend) {
        backend_ = &backend;
        catalogs_.clear();
    }
    void close_snapshots() { snapshots_.clear(); }
    void check_all();

private:
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
    bool chance(std::size_t percent) { return below(100) < percent; }

    std::string table_name() { return std::string(1, static_cast<char>('a' + below(3))) + (chance(20) ? "X" : ""); }
    Bytes key(TableKind kind);
    Expect expectation(const ModelTable& table, const Bytes& key);
    std::vector<OwnedWrite> batch(const ModelTable& table);
    Outcome apply_to(ModelTable& table, const OwnedWrite& owned);

    void write_transaction();
    void change_rows(Transaction& transaction, Model& model);
    void change_tables(Transaction& transaction, Model& model);
    void rename_a_table(Transaction& transaction, Model& model);
    void check(Transaction& transaction, Model& model);
    void check_scan(Transaction& transaction, std::string_view name, ModelTable& table, const Scan& scan);
    void check_gets(Transaction& transaction, std::string_view name, const ModelTable& table);

    Backend* backend_;
    std::mt19937_64 random_;
    std::vector<Bytes> document_keys_;
    Model committed_;
    std::vector<Snapshot> snapshots_;
    std::int64_t next_place_ = 1;
    std::map<std::uint64_t, std::vector<TableInfo>> catalogs_;  // by stamp
};

std::vector<TableInfo> tables_of(const Model& model) {
    std::vector<TableInfo> tables;
    for (const auto& [name, table] : model) tables.push_back({name, table.kind, table.description});
    return tables;
}

Bytes Play::key(TableKind kind) {
    if (kind == TableKind::documents) return document_keys_[below(document_keys_.size())];
    constexpr std::string_view alphabet("\0a\xFF", 3);
    Bytes made;
    for (std::size_t left = below(4); left > 0; --left) made.push_back(alphabet[below(alphabet.size())]);
    return made;
}

Expect Play::expectation(const ModelTable& table, const Bytes& key) {
    const std::size_t kind = below(table.kind == TableKind::documents ? 4 : 3);
    if (kind < 2) return Expect::any();
    if (kind == 2) return Expect::absent();
    const auto row = table.rows.find(key);
    const std::int64_t actual = row == table.rows.end() ? 1 : row->second.meta.version.value;
    return Expect::exactly(Version{actual + (chance(25) ? 1 : 0)});
}

std::vector<OwnedWrite> Play::batch(const ModelTable& table) {
    std::vector<OwnedWrite> made(1 + below(6));
    for (OwnedWrite& owned : made) {
        owned.key = key(table.kind);
        owned.body = noise(chance(3) ? 20'000 : below(40), random_());
        const bool removes = chance(25);
        const auto version = static_cast<std::int64_t>(1 + below(5));
        owned.write = removes ? remove({}) : put({}, {}, version);
        owned.write.expect = expectation(table, owned.key);
    }
    for (OwnedWrite& owned : made) {
        owned.write.key = owned.key;
        owned.write.body = owned.body;
    }
    return made;
}

Outcome Play::apply_to(ModelTable& table, const OwnedWrite& owned) {
    const auto row = table.rows.find(owned.key);
    const bool exists = row != table.rows.end();
    const Expect& expect = owned.write.expect;
    if (expect.kind == Expect::Kind::absent && exists) return Outcome::duplicate;
    if (expect.kind == Expect::Kind::version && (!exists || row->second.meta.version != expect.version)) {
        return Outcome::mismatch;
    }
    if (owned.write.kind == Write::Kind::remove) {
        if (exists) table.rows.erase(row);
        return Outcome::done;
    }
    ModelRow& written = exists ? row->second : table.rows[owned.key];
    if (!exists) written.place = next_place_++;
    written.body = owned.body;
    written.meta = table.kind == TableKind::documents ? owned.write.meta : RowMeta{};
    return Outcome::done;
}

void Play::change_rows(Transaction& transaction, Model& model) {
    const std::string name = table_name();
    const auto found = model.find(name);
    if (found == model.end()) {
        EXPECT_EQ(error_of([&] { conformance::apply(transaction, name, {put("k", "x")}); }), "not_found");
        return;
    }
    const std::vector<OwnedWrite> owned = batch(found->second);
    std::vector<Write> writes;
    for (const OwnedWrite& one : owned) writes.push_back(one.write);
    const auto outcomes = transaction.apply(name, writes);
    ASSERT_EQ(outcomes.size(), writes.size());
    ModelTable changed = found->second;
    for (std::size_t i = 0; i < owned.size(); ++i) {
        const Outcome expected = apply_to(changed, owned[i]);
        ASSERT_EQ(outcomes[i], expected) << "write " << i << " of a batch";
        if (expected != Outcome::done) return;
    }
    found->second = std::move(changed);
}

void Play::change_tables(Transaction& transaction, Model& model) {
    if (backend_->capabilities().concurrent_writers) close_snapshots();  // the change would wait for them
    const std::string name = table_name();
    const auto found = model.find(name);
    const bool exists = found != model.end();
    if (chance(60)) {
        const TableKind kind = chance(60) ? TableKind::documents : TableKind::ordered;
        if (exists && found->second.kind != kind) {
            ASSERT_EQ(error_of([&] { transaction.ensure_table(name, kind); }), "already_exists");
        } else {
            ASSERT_EQ(transaction.ensure_table(name, kind), !exists);
            model[name].kind = kind;
        }
    } else if (exists && chance(40)) {
        found->second.description = noise(below(50), random_());
        transaction.describe_table(name, found->second.description);
    } else if (chance(40)) {
        ASSERT_EQ(transaction.drop_table(name), exists);
        if (exists) model.erase(found);
    } else {
        rename_a_table(transaction, model);
    }
}

void Play::rename_a_table(Transaction& transaction, Model& model) {
    const std::string from = table_name();
    const std::string to = table_name();
    if (from == to) return;
    const auto found = model.find(from);
    if (found == model.end()) {
        if (!model.contains(to)) {
            ASSERT_EQ(error_of([&] { transaction.rename_table(from, to); }), "not_found");
        }
    } else if (model.contains(to)) {
        ASSERT_EQ(error_of([&] { transaction.rename_table(from, to); }), "already_exists");
    } else {
        transaction.rename_table(from, to);
        auto node = model.extract(found);
        node.key() = to;
        model.insert(std::move(node));
    }
}

void Play::write_transaction() {
    const auto transaction = backend_->begin({.mode = Mode::write, .control = {}});
    Model model = committed_;
    for (std::size_t left = 1 + below(6); left > 0; --left) {
        if (chance(15)) {
            change_tables(*transaction, model);
        } else {
            change_rows(*transaction, model);
        }
        if (testing::Test::HasFatalFailure()) return;
        if (tables_of(model) != tables_of(committed_)) {
            ASSERT_EQ(transaction->catalog_stamp(), 0U);
        }
        if (chance(30)) check(*transaction, model);
    }
    if (chance(70)) {
        transaction->commit();
        committed_ = std::move(model);
    }
}

void Play::check_scan(Transaction& transaction, std::string_view name, ModelTable& table, const Scan& scan) {
    std::vector<std::pair<Bytes, ModelRow*>> expected;
    for (auto& [key, row] : table.rows) {
        if (scan.order != Order::insertion && scan.range.lower && key < *scan.range.lower) continue;
        if (scan.order != Order::insertion && scan.range.upper && key >= *scan.range.upper) continue;
        expected.emplace_back(key, &row);
    }
    if (scan.order == Order::key_descending) std::reverse(expected.begin(), expected.end());
    if (scan.order == Order::insertion) {
        std::sort(expected.begin(), expected.end(),
                  [](const auto& a, const auto& b) { return a.second->place < b.second->place; });
    }
    const std::vector<Seen> found = rows(transaction, name, scan);
    ASSERT_EQ(found.size(), expected.size()) << "rows of " << name;
    for (std::size_t i = 0; i < found.size(); ++i) {
        ModelRow& row = *expected[i].second;
        if (row.rid == 0) row.rid = found[i].meta.rid;
        RowMeta meta = row.meta;
        if (table.kind == TableKind::documents) meta.rid = row.rid;
        ASSERT_EQ(found[i], (Seen{expected[i].first, row.body, meta})) << "row " << i << " of " << name;
    }
}

void Play::check_gets(Transaction& transaction, std::string_view name, const ModelTable& table) {
    std::vector<Bytes> owned;
    for (int i = 0; i < 8; ++i) owned.push_back(key(table.kind));
    const std::vector<BytesView> asked(owned.begin(), owned.end());
    const auto found = transaction.get_many(name, asked);
    ASSERT_EQ(found.size(), asked.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto expected = table.rows.find(owned[i]);
        ASSERT_EQ(found[i].has_value(), expected != table.rows.end());
        if (found[i]) {
            ASSERT_EQ(found[i]->body, expected->second.body);
            ASSERT_EQ(found[i]->meta.version, expected->second.meta.version);
        }
        ASSERT_EQ(body(transaction, name, owned[i]), found[i] ? found[i]->body : "(none)");
    }
}

void Play::check(Transaction& transaction, Model& model) {
    const std::vector<TableInfo> tables = tables_of(model);
    ASSERT_EQ(transaction.tables(), tables);
    const std::uint64_t stamp = transaction.catalog_stamp();
    if (stamp != 0) {
        ASSERT_EQ(catalogs_.try_emplace(stamp, tables).first->second, tables);
    }
    for (auto& [name, table] : model) {
        Scan scan{.order = chance(50) ? Order::key : Order::key_descending, .range = {}};
        if (table.kind == TableKind::documents && chance(40)) scan.order = Order::insertion;
        if (chance(60)) scan.range.lower = key(table.kind);
        if (chance(60)) scan.range.upper = key(table.kind);
        if (scan.order == Order::insertion) scan.range = {};
        check_scan(transaction, name, table, scan);
        check_gets(transaction, name, table);
        if (testing::Test::HasFatalFailure()) return;
    }
}

void Play::step() {
    const std::size_t what = below(100);
    if (what < 65) {
        write_transaction();
    } else if (what < 80) {
        if (snapshots_.size() >= 6) snapshots_.erase(snapshots_.begin() + static_cast<std::ptrdiff_t>(below(6)));
        snapshots_.push_back({backend_->begin({.mode = Mode::read, .control = {}}), committed_});
    } else if (!snapshots_.empty()) {
        Snapshot& snapshot = snapshots_[below(snapshots_.size())];
        check(*snapshot.transaction, snapshot.model);
    }
}

void Play::check_all() {
    for (Snapshot& snapshot : snapshots_) check(*snapshot.transaction, snapshot.model);
    check(*backend_->begin({.mode = Mode::read, .control = {}}), committed_);
}

}  // namespace

TEST_P(RandomOperations, AgreeWithAMap) {
    const std::uint64_t seed = testing_support::random_seed();
    const std::uint64_t steps = testing_support::environment_number("SHEAF_MODEL_OPS", 1'500);
    std::cout << "SHEAF_SEED=" << seed << '\n';
    RecordProperty("seed", std::to_string(seed));
    Play play(backend(), seed);
    for (std::uint64_t step = 0; step < steps; ++step) {
        SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed) + ", step " + std::to_string(step));
        try {
            play.step();
            if (step % 50 == 0) play.check_all();
        } catch (const std::exception& error) {
            FAIL() << "unexpected " << error.what();
        }
        if (step % 200 == 199 && capabilities().persistent) {
            play.close_snapshots();
            close_and_reopen();
            play.reopened(backend());
        }
        if (HasFailure()) break;
    }
    play.check_all();
    play.close_snapshots();
}

}  // namespace sheaf::conformance
