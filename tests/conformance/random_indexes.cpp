// Random documents with derived keys, written with their entries by batches of which many fail, beside a std::map of
// documents: after every transaction the index tables hold what the documents say, no more and no less. SHEAF_SEED
// repeats a run, SHEAF_MODEL_OPS lengthens it.
#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"
#include "support/seed.hpp"

namespace sheaf::conformance {

namespace {

// A document's body is a text; its keys are the letters of it (a multikey index), its first letter with its length (a
// compound one), and what stands behind a colon, if anything (a unique and sparse one).
constexpr std::string_view letters = "letters";
constexpr std::string_view compound = "compound";
constexpr std::string_view unique = "unique";
constexpr std::string_view indexes[] = {letters, compound, unique};

TableKind kind_of(std::string_view table) {
    return table == unique ? TableKind::unique_index : TableKind::index;
}

using Keys = std::set<std::pair<std::string_view, Bytes>>;  // index, key

Keys keys_of(const Bytes& body) {
    Keys keys;
    const std::size_t colon = body.find(':');
    for (const char letter : body.substr(0, colon)) keys.emplace(letters, id(std::string(1, letter)));
    keys.emplace(compound, id(body.substr(0, 1)) + id(static_cast<int>(body.size())));
    if (colon != Bytes::npos) keys.emplace(unique, id(body.substr(colon + 1)));
    return keys;
}

struct Document {
    Bytes body;
    std::int64_t version = 1;
    std::int64_t rid = 0;
};

struct Model {
    std::map<Bytes, Document> documents;
    std::map<Bytes, Bytes> owners;  // of unique keys: the document's key
};

// A write and all that it borrows.
struct OwnedWrite {
    Bytes key;
    Bytes body;
    Keys keys;  // what `entries` borrows from
    Keys old_keys;
    std::vector<IndexEntry> entries;
    Write write;
};

class Play {
public:
    Play(Backend& backend, std::uint64_t seed) : backend_(&backend), random_(seed) {
        const auto writer = backend.begin({.mode = Mode::write});
        writer->ensure_table(docs, TableKind::documents);
        for (const std::string_view table : indexes) writer->ensure_table(table, kind_of(table));
        writer->commit();
    }

    void step();
    void check_all();
    void reopened(Backend& backend) { backend_ = &backend; }
    void close_snapshots() { snapshots_.clear(); }

private:
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
    bool chance(std::size_t percent) { return below(100) < percent; }

    Bytes random_body();
    OwnedWrite random_write(const Model& model);
    Outcome apply_to(Model& model, const OwnedWrite& owned);
    void batch(Transaction& transaction, Model& model);
    void rebuild_an_index(Transaction& transaction, const Model& model);
    void write_transaction();
    void check(Transaction& transaction, const Model& model);
    void check_index(Transaction& transaction, const Model& model, std::string_view table);

    Backend* backend_;
    std::mt19937_64 random_;
    Model committed_;
    std::vector<std::pair<std::unique_ptr<Transaction>, Model>> snapshots_;
};

Bytes Play::random_body() {
    constexpr std::string_view alphabet("ab\0", 3);
    Bytes body;
    for (std::size_t left = 1 + below(5); left > 0; --left) body.push_back(alphabet[below(alphabet.size())]);
    if (chance(50)) body += ":" + std::to_string(below(30));
    return body;
}

OwnedWrite Play::random_write(const Model& model) {
    OwnedWrite owned;
    owned.key = id(static_cast<int>(below(25)));
    owned.body = random_body();
    const auto found = model.documents.find(owned.key);
    const bool exists = found != model.documents.end();
    const Document old = exists ? found->second : Document();
    const bool removes = exists && chance(25);
    if (!removes) owned.keys = keys_of(owned.body);
    if (exists) owned.old_keys = keys_of(old.body);
    owned.write = removes ? remove({}) : put({}, {}, old.version + 1);
    owned.write.expect = exists ? version(old.version) : Expect::absent();
    if (!removes && chance(5)) owned.write.expect = Expect::absent();     // a duplicate where it exists
    if (chance(5)) owned.write.expect = version(old.version + below(2));  // a mismatch where it is another or none
    owned.write.meta.rid = old.rid;
    return owned;
}

// Only in its final place, as the writes borrow from it.
void bind(OwnedWrite& owned) {
    owned.write.key = owned.key;
    if (owned.write.kind == Write::Kind::put) owned.write.body = owned.body;
    for (const auto& [table, key] : owned.old_keys) {
        if (!owned.keys.contains({table, key})) owned.entries.push_back(removes(table, key));
    }
    for (const auto& [table, key] : owned.keys) {
        if (!owned.old_keys.contains({table, key})) owned.entries.push_back(adds(table, key));
    }
    owned.write.entries = owned.entries;
}

Outcome Play::apply_to(Model& model, const OwnedWrite& owned) {
    const auto found = model.documents.find(owned.key);
    const bool exists = found != model.documents.end();
    const Expect& expect = owned.write.expect;
    if (expect.kind == Expect::Kind::absent && exists) return Outcome::duplicate;
    if (expect.kind == Expect::Kind::version && (!exists || found->second.version != expect.version.value)) {
        return Outcome::mismatch;
    }
    for (const auto& [table, key] : owned.old_keys) {
        if (table == unique) model.owners.erase(key);
    }
    for (const auto& [table, key] : owned.keys) {
        if (table != unique) continue;
        if (!model.owners.try_emplace(key, owned.key).second) return Outcome::duplicate_entry;
    }
    if (owned.write.kind == Write::Kind::remove) {
        model.documents.erase(found);
    } else {
        Document& document = model.documents[owned.key];
        document.body = owned.body;
        document.version = owned.write.meta.version.value;
    }
    return Outcome::done;
}

// Each write is made for what the ones before it leave behind.
void Play::batch(Transaction& transaction, Model& model) {
    Model changed = model;
    std::vector<OwnedWrite> owned(1 + below(6));
    std::vector<Write> writes;
    Outcomes expected;
    std::set<Bytes> used;
    for (OwnedWrite& one : owned) {
        do {
            one = random_write(changed);
        } while (!used.insert(one.key).second);  // the rid of a row that the batch makes is not known yet
        bind(one);
        writes.push_back(one.write);
        if (expected.empty() || expected.back() == Outcome::done) expected.push_back(apply_to(changed, one));
    }
    ASSERT_EQ(until_failure(transaction.apply(docs, writes), writes.size()), expected);
    if (expected.back() != Outcome::done) return;
    for (auto& [key, document] : changed.documents) {
        if (used.contains(key)) document.rid = rid_of(transaction, key);
    }
    model = std::move(changed);
}

// As an index is built on what is there: by direct writes.
void Play::rebuild_an_index(Transaction& transaction, const Model& model) {
    const std::string_view table = indexes[below(std::size(indexes))];
    if (backend_->capabilities().concurrent_writers) close_snapshots();  // the drop would wait for them
    transaction.drop_table(table);
    transaction.ensure_table(table, kind_of(table));
    std::vector<OwnedWrite> owned;
    for (const auto& [key, document] : model.documents) {
        for (const auto& [name, entry] : keys_of(document.body)) {
            if (name != table) continue;
            owned.emplace_back().key = entry;
            owned.back().write.meta.rid = document.rid;
        }
    }
    std::shuffle(owned.begin(), owned.end(), random_);
    std::vector<Write> writes;
    for (const OwnedWrite& one : owned) writes.push_back(add_pair(one.key, one.write.meta.rid));
    ASSERT_EQ(transaction.apply(table, writes), Outcomes(writes.size(), Outcome::done));
}

void Play::write_transaction() {
    const auto transaction = backend_->begin({.mode = Mode::write});
    Model model = committed_;
    for (std::size_t left = 1 + below(5); left > 0; --left) {
        if (chance(5)) {
            rebuild_an_index(*transaction, model);
        } else {
            batch(*transaction, model);
        }
        if (testing::Test::HasFatalFailure()) return;
        if (chance(20)) check(*transaction, model);
    }
    if (chance(70)) {
        transaction->commit();
        committed_ = std::move(model);
    }
}

void Play::check_index(Transaction& transaction, const Model& model, std::string_view table) {
    std::vector<Pair> expected;
    std::map<std::int64_t, const Document*> by_rid;
    for (const auto& [key, document] : model.documents) {
        by_rid[document.rid] = &document;
        for (const auto& [name, entry] : keys_of(document.body)) {
            if (name == table) expected.emplace_back(entry, document.rid);
        }
    }
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(pairs(transaction, table), expected);
    KeyRange range;
    if (!expected.empty() && chance(70)) range.lower = expected[below(expected.size())].first;
    if (!expected.empty() && chance(70)) range.upper = expected[below(expected.size())].first + Bytes(below(2), '\0');
    std::erase_if(expected, [&](const Pair& pair) {
        return (range.lower && pair.first < *range.lower) || (range.upper && pair.first >= *range.upper);
    });
    const auto count = static_cast<std::int64_t>(expected.size());
    ASSERT_EQ(transaction.count(table, {&range, 1}, 0), count);
    ASSERT_EQ(transaction.count(table, {&range, 1}, 3), std::min<std::int64_t>(count, 3));
    const Order order = chance(50) ? Order::key : Order::key_descending;
    if (order == Order::key_descending) std::reverse(expected.begin(), expected.end());
    const auto found = fetched(transaction, docs, {.index = table, .ranges = {&range, 1}, .order = order});
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        ASSERT_EQ(Pair(found[i].key, found[i].meta.rid), expected[i]);
        ASSERT_EQ(found[i].body, by_rid.at(found[i].meta.rid)->body);
        ASSERT_EQ(found[i].meta.version.value, by_rid.at(found[i].meta.rid)->version);
    }
}

void Play::check(Transaction& transaction, const Model& model) {
    std::map<Bytes, Bytes> documents;
    for (const Seen& seen : rows(transaction, docs)) documents[seen.key] = seen.body;
    std::map<Bytes, Bytes> expected;
    for (const auto& [key, document] : model.documents) expected[key] = document.body;
    ASSERT_EQ(documents, expected);
    for (const std::string_view table : indexes) check_index(transaction, model, table);
}

void Play::step() {
    const std::size_t what = below(100);
    if (what < 80) {
        write_transaction();
        if (!testing::Test::HasFatalFailure()) check(*backend_->begin({}), committed_);
    } else if (what < 90) {
        if (snapshots_.size() >= 4) snapshots_.erase(snapshots_.begin() + static_cast<std::ptrdiff_t>(below(4)));
        snapshots_.emplace_back(backend_->begin({}), committed_);
    } else if (!snapshots_.empty()) {
        const auto& [transaction, model] = snapshots_[below(snapshots_.size())];
        check(*transaction, model);
    }
}

void Play::check_all() {
    for (const auto& [transaction, model] : snapshots_) check(*transaction, model);
    check(*backend_->begin({}), committed_);
}

}  // namespace

TEST_P(RandomIndexes, HoldWhatTheDocumentsSay) {
    const std::uint64_t seed = testing_support::random_seed();
    const std::uint64_t steps = testing_support::environment_number("SHEAF_MODEL_OPS", 700);
    std::cout << "SHEAF_SEED=" << seed << '\n';
    RecordProperty("seed", std::to_string(seed));
    Play play(backend(), seed);
    for (std::uint64_t step = 0; step < steps && !HasFailure(); ++step) {
        SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed) + ", step " + std::to_string(step));
        try {
            play.step();
        } catch (const std::exception& error) {
            FAIL() << "unexpected " << error.what();
        }
        if (step % 200 == 199 && capabilities().persistent) {
            play.close_snapshots();
            close_and_reopen();
            play.reopened(backend());
        }
    }
    play.check_all();
    play.close_snapshots();
}

}  // namespace sheaf::conformance
