#include "engine/index_build.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "engine/collections.hpp"
#include "engine/duplicate_key.hpp"
#include "engine/index_entries.hpp"

namespace sheaf::engine {

namespace {

// What one transaction does, while other writers wait.
constexpr std::size_t batch_documents = 10'000;
constexpr std::size_t batch_bytes = 16U * 1024 * 1024;  // of keys
constexpr std::chrono::milliseconds batch_time{50};
// Between two of them; longer than a writer of another process sleeps before it looks again.
constexpr std::chrono::milliseconds shortest_pause{3};
constexpr std::chrono::milliseconds longest_pause{100};
constexpr int patience = 12;  // waits for other writers, of some seconds each, before the building is given up

bool has_documents(driver::Transaction& tx, std::string_view collection) {
    driver::RowView row;
    return tx.scan(collection, {})->next(row);
}

// A document by its place; empty when there is none.
Bytes body_of_rid(driver::Transaction& tx, std::string_view collection, std::int64_t rid) {
    const auto cursor = tx.scan(collection, {.after_rid = rid - 1});
    driver::RowView row;
    if (!cursor->next(row) || row.meta.rid != rid) return {};
    return Bytes(row.body);
}

// A writer that has waited for a step begins again, since the step has changed the catalog, and has to get through
// before the next step: on its ways to the server, which the step has gone, too.
void let_writers_through(Control::Clock::duration step) {
    std::this_thread::sleep_for(std::clamp<Control::Clock::duration>(step / 2, shortest_pause, longest_pause));
}

// Whoever goes on would meet the same document.
bool is_of_documents(Code code) {
    return code == Code::duplicate_key || code == Code::invalid_document || code == Code::limit_exceeded;
}

}  // namespace

struct IndexBuild::Batch {
    struct Pair {
        Bytes key;
        std::int64_t rid = 0;
        bool operator<(const Pair& other) const { return key != other.key ? key < other.key : rid < other.rid; }
    };
    std::vector<Pair> pairs{};
    IndexFlags needed{};
    std::int64_t documents = 0;
    std::int64_t last_rid = 0;
    bool at_end = false;
};

IndexBuild::IndexBuild(const Target& target, const IndexDefinition& wanted, Existing existing,
                       const BuildOptions& options)
    : target_(target), wanted_(checked(wanted, target.limits())), existing_(existing), options_(options) {}

// Runs a change while nobody else writes to the collection. The first of a transaction.
void IndexBuild::change_alone(const std::function<void(driver::Transaction&)>& change) const {
    target_.change_tables(options_.control, [&](driver::Transaction& tx) {
        exclude_writers(tx);
        change(tx);
    });
}

void IndexBuild::exclude_writers(driver::Transaction& tx) const {
    try {
        tx.exclude_writers(target_.name);
    } catch (const Error& error) {
        const bool too_late =
            error.code() == Code::unsupported && target_.joined != nullptr && target_.joined->writes();
        if (!too_late) throw;
        throw error.with_context("the index \"" + wanted_.name() + "\" of \"" + target_.name +
                                 "\" has to be made first thing in a transaction, or outside of one: ");
    }
}

// Programs make sure of their indexes whenever they start: that must not keep others waiting.
bool IndexBuild::is_there() {
    if (target_.joined != nullptr) return false;
    return target_.read(options_.control, [&] {
        const auto session = target_.reading(options_.control);
        const auto info = target_.store->catalog().find(session->tx(), target_.name);
        if (info == nullptr) return false;
        CollectionRecord record = info->record();
        result_ = {.name = wanted_.name()};
        return finds_equal(record) && ready_;
    });
}

void IndexBuild::begin() {
    if (is_there()) return;
    change_alone([&](driver::Transaction& tx) {
        result_ = {.name = wanted_.name()};  // and nothing else is left of a try that has failed
        table_.clear();
        ready_ = false;
        create_collection(tx, target_.name);
        CollectionRecord record = read_collection_info(tx, target_.name, target_.limits())->record();
        if (finds_equal(record)) return;
        make_way(tx, record);
        add(tx, record);
    });
}

bool IndexBuild::finds_equal(CollectionRecord& record) {
    const bool by_definition = existing_ == Existing::replace && record.find(wanted_.name()) == nullptr;
    for (const IndexRecord& index : record.indexes) {
        const bool equal =
            by_definition ? index.definition.same_as(wanted_) : likeness(index, wanted_) == Likeness::equal;
        if (!equal) continue;
        result_.name = index.name;
        table_ = index.table;
        ready_ = index.state == IndexState::ready;
        if (!ready_) result_.change = IndexChange::resumed;
        return true;
    }
    return false;
}

void IndexBuild::make_way(driver::Transaction& tx, CollectionRecord& record) {
    const IndexRecord* const old = existing_ == Existing::replace ? record.find(wanted_.name()) : nullptr;
    for (const IndexRecord& index : record.indexes) {
        if (&index != old) refuse_conflict(index, wanted_);
    }
    if (old != nullptr) {
        tx.drop_table(old->table);
        record.remove(wanted_.name());
        result_.change = IndexChange::rebuilt;
        return;
    }
    result_.change = IndexChange::created;
    if (record.indexes.size() + 1 < max_indexes) return;
    throw Error(Code::limit_exceeded,
                "\"" + target_.name + "\" has " + std::to_string(max_indexes) +
                    " indexes already, that of _id included; drop one first",
                {.collection = target_.name, .mongo = mongo_number::cannot_create_index});
}

void IndexBuild::add(driver::Transaction& tx, CollectionRecord& record) {
    ready_ = !has_documents(tx, target_.name);
    table_ = "_sheaf_i." + target_.store->new_id();
    IndexRecord index;
    index.name = result_.name;
    index.table = table_;
    index.definition = wanted_;
    index.state = ready_ ? IndexState::ready : IndexState::building;
    tx.ensure_table(table_, index.kind());
    record.add(std::move(index));
    tx.describe_table(target_.name, encode_description(record));
}

void IndexBuild::step() {
    BuildProgress progress;
    bool ready = false;
    const auto change = [&](driver::Transaction& tx) {
        progress = progress_;
        ready = advance(tx, progress);
    };
    if (target_.joined != nullptr) {
        change(target_.joined->tx());  // others have been waiting since begin()
    } else {
        change_alone(change);
    }
    progress_ = progress;
    ready_ = ready;
}

// Returns whether the index is ready.
bool IndexBuild::advance(driver::Transaction& tx, BuildProgress& progress) const {
    const auto info = read_collection_info(tx, target_.name, target_.limits());
    const Index* index = info == nullptr ? nullptr : info->find(result_.name);
    if (index == nullptr || index->table != table_) {
        throw Error(Code::conflict, "the index \"" + result_.name + "\" was dropped while it was built",
                    {.collection = target_.name, .index = result_.name});
    }
    if (index->state == IndexState::ready) return true;  // by another one's work
    const Batch batch = collect(tx, *index);
    put(tx, *index, batch);
    CollectionRecord record = info->record();
    IndexRecord& changed = *record.find(result_.name);
    changed.raise(batch.needed);
    changed.built_to = batch.at_end ? 0 : batch.last_rid;
    changed.state = batch.at_end ? IndexState::ready : IndexState::building;
    tx.describe_table(target_.name, encode_description(record));
    progress.done += batch.documents;
    progress.total = std::max(progress.done, tx.estimate(target_.name));
    return batch.at_end;
}

IndexBuild::Batch IndexBuild::collect(driver::Transaction& tx, const Index& index) const {
    const auto end = Control::Clock::now() + batch_time;
    const auto cursor = tx.scan(target_.name, {.after_rid = index.built_to});
    Batch batch{.last_rid = index.built_to};
    std::size_t bytes = 0;
    driver::RowView row;
    while (batch.documents < static_cast<std::int64_t>(batch_documents) && bytes < batch_bytes) {
        batch.at_end = !cursor->next(row);
        if (batch.at_end) break;
        options_.control.check();
        DocumentKeys made;
        try {
            made = index_keys_of(index, row.body);
        } catch (const Error& error) {
            throw error.with_context("document " + to_json(View(row.body)["_id"]) + " cannot be indexed: ");
        }
        batch.needed.raise(made.needed);
        for (Bytes& key : made.keys) {
            bytes += key.size() + sizeof(Batch::Pair);
            batch.pairs.push_back({std::move(key), row.meta.rid});
        }
        batch.last_rid = row.meta.rid;
        ++batch.documents;
        if (Control::Clock::now() >= end) break;
    }
    std::sort(batch.pairs.begin(), batch.pairs.end());
    return batch;
}

// In the order of the keys, which costs the least. What a writer has put there already stays as it is.
void IndexBuild::put(driver::Transaction& tx, const Index& index, const Batch& batch) const {
    if (batch.pairs.empty()) return;
    std::vector<driver::Write> writes;
    writes.reserve(batch.pairs.size());
    for (const Batch::Pair& pair : batch.pairs) writes.push_back({.key = pair.key, .meta = {.rid = pair.rid}});
    const std::vector<driver::Outcome> outcomes = tx.apply(index.table, writes);
    const auto refused =
        std::find_if(outcomes.begin(), outcomes.end(), [](auto outcome) { return outcome != driver::Outcome::done; });
    if (refused != outcomes.end()) refuse(tx, index, batch, static_cast<std::size_t>(refused - outcomes.begin()));
}

// The key is in the store, or it comes twice in the batch.
void IndexBuild::refuse(driver::Transaction& tx, const Index& index, const Batch& batch, std::size_t refused) const {
    const Batch::Pair& pair = batch.pairs[refused];
    const Bytes body = body_of_rid(tx, target_.name, pair.rid);
    Bytes holder = row_of_key(tx, target_.name, index.table, pair.key).body;
    if (holder.empty() && refused > 0) holder = body_of_rid(tx, target_.name, batch.pairs[refused - 1].rid);
    throw duplicate_key_error(target_.name, index, pair.key, body, holder);
}

void IndexBuild::take_back(bool hopeless) noexcept {
    if (ready_ || table_.empty()) return;
    if (target_.joined != nullptr) return target_.joined->abort();
    if (result_.change == IndexChange::resumed && !hopeless) return;
    try {
        target_.change_tables({}, [&](driver::Transaction& tx) {
            wait_for_writers(tx, target_.name);
            const auto info = read_collection_info(tx, target_.name, target_.limits());
            const Index* index = info == nullptr ? nullptr : info->find(result_.name);
            if (index == nullptr || index->table != table_ || index->state == IndexState::ready) return;
            CollectionRecord record = info->record();
            record.remove(result_.name);
            tx.drop_table(table_);
            tx.describe_table(target_.name, encode_description(record));
        });
    } catch (...) {  // NOLINT(bugprone-empty-catch): it stays as one that can be resumed or dropped
    }
}

BuiltIndex build_index(const Target& target, const IndexDefinition& wanted, Existing existing,
                       const BuildOptions& options) {
    IndexBuild build(target, wanted, existing, options);
    try {
        build.begin();
        for (int waits = 0; !build.is_ready();) {
            const auto begun = Control::Clock::now();
            try {
                build.step();
            } catch (const Error& error) {
                if (error.code() != Code::busy || ++waits == patience) throw;
            }
            const auto took = Control::Clock::now() - begun;
            if (options.progress) options.progress(build.progress());
            if (target.joined == nullptr && !build.is_ready()) let_writers_through(took);
        }
    } catch (const Error& error) {
        build.take_back(is_of_documents(error.code()));
        throw;
    } catch (...) {
        build.take_back(false);
        throw;
    }
    return build.result();
}

}  // namespace sheaf::engine
