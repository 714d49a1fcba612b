#include "engine/writer.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/key.hpp"
#include "engine/batch.hpp"
#include "engine/collections.hpp"
#include "engine/duplicate_key.hpp"
#include "engine/only_id.hpp"
#include "engine/ordered_rows.hpp"

namespace sheaf::engine {

namespace {

// What an update_many holds in memory: the old and the new bodies of one batch.
constexpr std::size_t rows_per_batch = 500;
constexpr std::size_t bytes_per_batch = 16U * 1024 * 1024;

std::string id_text(BytesView body) {
    return to_json(View(body)["_id"]);
}

std::size_t count_done(const std::vector<driver::Outcome>& outcomes) {
    const auto failed = std::find_if(outcomes.begin(), outcomes.end(),
                                     [](driver::Outcome outcome) { return outcome != driver::Outcome::done; });
    return static_cast<std::size_t>(failed - outcomes.begin());
}

// Keys of rows are read from the bodies: the contract lets a scan leave them out.
Bytes key_of(BytesView body, const Limits& limits) {
    return encode_id(View(body)["_id"], limits);
}

}  // namespace

void throw_version_mismatch(const std::string& collection, const std::string& id, ExpectedVersion expected,
                            std::optional<Version> actual) {
    ErrorDetails details{.collection = collection, .id = id};
    if (expected.kind() == ExpectedVersion::Kind::exactly) details.expected_version = expected.version().value;
    if (actual) details.actual_version = actual->value;
    const std::string found = actual ? "version " + std::to_string(actual->value) : "none that matches";
    const std::string which =
        id.empty() ? "documents of \"" + collection + "\"" : "document " + id + " of \"" + collection + "\"";
    throw Error(Code::version_mismatch, which + ": expected " + expected.text() + ", found " + found, details);
}

void check_without_match(const std::string& collection, ExpectedVersion expected, Upsert upsert) {
    using Kind = ExpectedVersion::Kind;
    const bool refused = expected.kind() == Kind::exists || (expected.kind() == Kind::exactly && upsert == Upsert::yes);
    if (refused) throw_version_mismatch(collection, "", expected, std::nullopt);
}

Writer::Writer(Session& session, const std::string& collection, const Control& control)
    : session_(session),
      collection_(collection),
      control_(narrowed(control, session.control())),
      now_(session.store().now()) {
    control_.check();
}

Writer::~Writer() {
    if (wrote_ && !finished_) session_.abort();
}

void Writer::insert(std::span<const Prepared> documents, ExpectedVersion expected) {
    using Kind = ExpectedVersion::Kind;
    if (documents.empty()) return;
    if (expected.kind() == Kind::exactly || expected.kind() == Kind::exists) {
        refuse_insert(documents, 0, expected);
    }
    if (info() == nullptr) {
        wrote_ = true;
        create_collection(session_.tx(), collection_);
    }
    Batch batch(info(), documents.size());
    for (const Prepared& document : documents) batch.insert(document, now_);
    if (const auto refused = try_apply(batch)) refuse_insert(documents, *refused, expected);
}

void Writer::refuse_insert(std::span<const Prepared> documents, std::size_t refused, ExpectedVersion expected) {
    const Prepared& document = documents[refused];
    std::optional<driver::Row> present;
    try {
        present = session_.tx().get(collection_, document.key);
    } catch (const Error& error) {
        if (error.code() != Code::not_found) throw;
    }
    using Kind = ExpectedVersion::Kind;
    const std::string id = id_text(document.body());
    const bool mismatch = expected.kind() == Kind::exactly || (expected.kind() == Kind::exists && !present) ||
                          (expected.kind() == Kind::absent && present);
    if (mismatch) {
        throw_version_mismatch(collection_, id, expected,
                               present ? std::optional(present->meta.version) : std::nullopt);
    }
    const auto same = [&](const Prepared& earlier) { return earlier.key == document.key; };
    const auto earlier = documents.first(refused);
    if (!present && std::none_of(earlier.begin(), earlier.end(), same)) {
        lose("a document with the same _id came or went");
    }
    throw duplicate_id_error(collection_, View(document.body())["_id"], present && present->meta.archived);
}

Tally Writer::modify(const Selection& selection, const ChangeRow& change) {
    return selection.reach == Reach::one ? modify_one(selection, change) : modify_many(selection, change);
}

driver::RowMeta changed_meta(const driver::RowMeta& old, bool archived, DateTime now) {
    return {.rid = old.rid,
            .version = {old.version.value + 1},
            .archived = archived,
            .created = old.created,
            .updated = now};
}

namespace {

Query query_of(const Selection& selection, std::int64_t limit) {
    return {.filter = selection.filter,
            .sort = selection.reach == Reach::one ? selection.sort : nullptr,
            .archived = selection.archived,
            .limit = limit,
            .hint = selection.hint};
}

void check_match(const std::string& collection, const driver::RowView& row, ExpectedVersion expected) {
    using Kind = ExpectedVersion::Kind;
    const bool refused =
        expected.kind() == Kind::absent || (expected.kind() == Kind::exactly && expected.version() != row.meta.version);
    if (refused) throw_version_mismatch(collection, id_text(row.body), expected, row.meta.version);
}

}  // namespace

// The change of the first match, or of the first in the order of a sort, goes into the batch: the row is only lent, and
// what has been read must be closed before something is written. False when there is no match.
bool Writer::change_first(const Selection& selection, const ChangeRow& change, Batch& batch) {
    if (session_.locks_first()) return change_locked(selection, change, batch);
    OrderedRows rows(session_.tx(), session_.store(), collection_, query_of(selection, 1), control_);
    driver::RowView row;
    return rows.next(row) && change_row(row, selection, change, batch);
}

bool Writer::change_row(const driver::RowView& row, const Selection& selection, const ChangeRow& change, Batch& batch) {
    check_match(collection_, row, selection.expected);
    batch.change(row, key_of(row.body, session_.store().limits()), change(row), now_);
    return true;
}

// The first match is locked and asked again as it is then: nobody can change it any more before we do. One that does
// not match by then is passed over; that it has changed means that somebody else has got through.
bool Writer::change_locked(const Selection& selection, const ChangeRow& change, Batch& batch) {
    const Query query = query_of(selection, 1);
    const std::optional<Bytes> only = only_id(query.filter, query.hint, session_.store().limits());
    for (;;) {
        const std::optional<Bytes> key = only ? only : first_key(query);
        if (!key) return false;
        const BytesView keys[] = {*key};
        const auto rows = session_.tx().lock_rows(collection_, keys, driver::LockWait::wait);
        if (const auto& row = rows.front()) {
            const driver::RowView view{row->body, row->meta};
            if (is_selected(view, query.filter, query.archived)) return change_row(view, selection, change, batch);
        }
        if (only) return false;
    }
}

std::optional<Bytes> Writer::first_key(const Query& query) {
    OrderedRows rows(session_.tx(), session_.store(), collection_, query, control_);
    driver::RowView row;
    if (!rows.next(row)) return std::nullopt;
    return key_of(row.body, session_.store().limits());
}

Tally Writer::modify_one(const Selection& selection, const ChangeRow& change) {
    if (info() == nullptr) return {};
    Batch batch(info(), 1);
    if (!change_first(selection, change, batch)) {
        const bool searched = !only_id(selection.filter, selection.hint, session_.store().limits());
        if (searched && session_.may_overlook()) throw Overlooked{};
        return {};
    }
    if (batch.writes().empty()) return {.matched = 1};
    apply(batch);
    return {.matched = 1, .modified = 1};
}

// Keys first, then changes in batches: what the operation writes can neither be met again by its own scan nor pile up.
Tally Writer::modify_many(const Selection& selection, const ChangeRow& change) {
    const std::vector<Selected> selected = select_rows(selection);
    Tally tally{.matched = static_cast<std::int64_t>(selected.size())};
    for (auto next = selected.begin(); next != selected.end();) {
        std::vector<BytesView> batch;
        std::size_t bytes = 0;
        do {
            batch.emplace_back(next->key);
            bytes += next->body_bytes;
            ++next;
        } while (next != selected.end() && batch.size() < rows_per_batch &&
                 bytes + next->body_bytes <= bytes_per_batch);
        tally.modified += apply_changes(batch, change);
    }
    return tally;
}

std::vector<Writer::Selected> Writer::select_rows(const Selection& selection) {
    using Kind = ExpectedVersion::Kind;
    const Limits& limits = session_.store().limits();
    Matches matches(session_.tx(), session_.store(), collection_, query_of(selection, 0), control_);
    std::vector<Selected> selected;
    std::int64_t others = 0;  // that match the filter at another version
    std::string other_id;     // of the first of them
    Version other_version;
    driver::RowView row;
    while (matches.next(row)) {
        if (selection.expected.kind() == Kind::absent) check_match(collection_, row, selection.expected);
        if (selection.expected.kind() == Kind::exactly && selection.expected.version() != row.meta.version) {
            if (others++ > 0) continue;
            other_id = id_text(row.body);
            other_version = row.meta.version;
            continue;
        }
        selected.push_back({key_of(row.body, limits), row.body.size()});
    }
    if (selected.empty() && others > 0) {
        throw_version_mismatch(collection_, others == 1 ? other_id : "", selection.expected, other_version);
    }
    return selected;
}

std::int64_t Writer::apply_changes(std::span<const BytesView> keys, const ChangeRow& change) {
    const std::vector<std::optional<driver::Row>> rows = session_.tx().get_many(collection_, keys);
    const bool all = std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.has_value(); });
    if (!all) lose("a document was removed meanwhile");
    return change_rows(keys, rows, change);
}

std::int64_t Writer::remove_if(std::span<const Bytes> keys, const std::function<bool(const driver::RowView&)>& still) {
    if (info() == nullptr) return 0;
    const std::vector<BytesView> views(keys.begin(), keys.end());
    const std::vector<std::optional<driver::Row>> rows = session_.tx().get_many(collection_, views);
    return change_rows(views, rows, [&](const driver::RowView& row) {
        return Change{.kind = still(row) ? Change::Kind::remove : Change::Kind::keep};
    });
}

// In as many batches as their entries need. Returns how many were changed.
std::int64_t Writer::change_rows(std::span<const BytesView> keys, std::span<const std::optional<driver::Row>> rows,
                                 const ChangeRow& change) {
    std::int64_t changed = 0;
    for (std::size_t i = 0; i < rows.size();) {
        Batch batch(info(), rows.size() - i);
        for (; i < rows.size() && !batch.is_full(); ++i) {
            control_.check();  // a change may take long
            if (!rows[i]) continue;
            const driver::RowView row{rows[i]->body, rows[i]->meta};
            batch.change(row, Bytes(keys[i]), change(row), now_);
        }
        changed += apply_if_any(batch);
    }
    return changed;
}

std::int64_t Writer::apply_if_any(const Batch& batch) {
    if (!batch.writes().empty()) apply(batch);
    return static_cast<std::int64_t>(batch.writes().size());
}

const std::shared_ptr<const CollectionInfo>& Writer::info() {
    if (info_ == nullptr) info_ = session_.store().catalog().find(session_.tx(), collection_);
    return info_;
}

void Writer::apply(const Batch& batch) {
    if (try_apply(batch)) lose("a document was changed meanwhile");
}

// Another transaction was first: this one can only begin again, whatever its user may think of the error.
void Writer::lose(std::string_view how) {
    session_.abort();
    throw Error(Code::serialization,
                "another transaction got in the way in \"" + collection_ + "\": " + std::string(how),
                {.collection = collection_});
}

// Returns the first write that its row refuses, if one does: then nothing of the batch is written. Throws for what a
// unique index refuses. What breaks off in the middle of apply() may leave a part.
std::optional<std::size_t> Writer::try_apply(const Batch& batch) {
    driver::Transaction& tx = session_.tx();
    const bool wrote_before = std::exchange(wrote_, true);
    std::vector<driver::Outcome> outcomes;
    try {
        outcomes = tx.apply(collection_, batch.writes());
    } catch (const Error& error) {
        if (error.code() == Code::unsupported) wrote_ = wrote_before;  // in a read transaction, which stays usable
        throw;
    }
    const std::size_t done = count_done(outcomes);
    if (done == outcomes.size()) {
        record_flags(batch);
        return std::nullopt;
    }
    wrote_ = wrote_before;
    if (outcomes[done] != driver::Outcome::duplicate_entry) return done;
    const bool alone = !session_.store().backend().capabilities().concurrent_writers;
    const auto error = duplicate_entry_error(tx, collection_, *batch.info(), batch.writes(), done);
    if (error) throw Error(*error);
    if (!alone) lose("a document with the same value in a unique index came or went");
    throw Error(Code::duplicate_key, "a document breaks a unique index of \"" + collection_ + "\"",
                {.collection = collection_});
}

// After the writes, so that those which are refused leave nothing behind; nobody sees the transaction in between.
void Writer::record_flags(const Batch& batch) {
    const auto raised = batch.raised_flags();
    if (!raised) return;
    session_.tx().describe_table(collection_, encode_description(*raised));
    info_ = nullptr;
}

}  // namespace sheaf::engine
