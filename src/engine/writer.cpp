#include "engine/writer.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/key.hpp"
#include "engine/matches.hpp"

namespace sheaf::engine {

namespace {

// What an update_many holds in memory: the old and the new bodies of one batch.
constexpr std::size_t rows_per_batch = 500;
constexpr std::size_t bytes_per_batch = 16U * 1024 * 1024;

std::string id_text(BytesView body) {
    return to_json(View(body)["_id"]);
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
    std::vector<driver::Write> writes;
    writes.reserve(documents.size());
    for (const Prepared& document : documents) {
        using Kind = ExpectedVersion::Kind;
        if (expected.kind() == Kind::exactly || expected.kind() == Kind::exists) refuse_insert(document, expected);
        driver::RowMeta meta = document.meta;
        if (meta.version.value == 0) meta = {.version = {1}, .created = now_, .updated = now_};
        writes.push_back(
            {.key = document.key, .body = document.body(), .meta = meta, .expect = driver::Expect::absent()});
    }
    insert_batch(writes, documents, expected);
}

void Writer::insert_batch(std::span<const driver::Write> writes, std::span<const Prepared> documents,
                          ExpectedVersion expected) {
    if (writes.empty()) return;
    driver::Transaction& tx = session_.tx();
    std::vector<driver::Outcome> outcomes;
    try {
        outcomes = tx.apply(collection_, writes);
    } catch (const Error& error) {
        if (error.code() != Code::not_found) throw;
        wrote_ = true;
        tx.ensure_table(collection_, driver::TableKind::documents);
        outcomes = tx.apply(collection_, writes);
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i] != driver::Outcome::done) refuse_insert(documents[i], expected);
    }
    wrote_ = true;
}

void Writer::refuse_insert(const Prepared& document, ExpectedVersion expected) {
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
    const std::string archived = present && present->meta.archived ? " (it is archived)" : "";
    throw Error(Code::duplicate_key, "document " + id + " exists already in \"" + collection_ + "\"" + archived,
                {.collection = collection_, .id = id});
}

Tally Writer::modify(const Selection& selection, const std::function<Change(const driver::RowView&)>& change) {
    return selection.reach == Reach::one ? modify_one(selection, change) : modify_many(selection, change);
}

driver::RowMeta changed_meta(const driver::RowMeta& old, bool archived, DateTime now) {
    return {.version = {old.version.value + 1}, .archived = archived, .created = old.created, .updated = now};
}

namespace {

// What a change writes in the place of a row. The views are borrowed from `change` and `key`.
driver::Write write_of(const Change& change, BytesView key, const driver::RowMeta& old, DateTime now) {
    const driver::Expect expect = driver::Expect::exactly(old.version);
    if (change.kind == Change::Kind::remove) return {.kind = driver::Write::Kind::remove, .key = key, .expect = expect};
    return {.key = key, .body = change.body, .meta = changed_meta(old, change.archived, now), .expect = expect};
}

void check_match(const std::string& collection, const driver::RowView& row, ExpectedVersion expected) {
    using Kind = ExpectedVersion::Kind;
    const bool refused =
        expected.kind() == Kind::absent || (expected.kind() == Kind::exactly && expected.version() != row.meta.version);
    if (refused) throw_version_mismatch(collection, id_text(row.body), expected, row.meta.version);
}

}  // namespace

// The first match, or the first in the order of a sort.
bool Writer::find_one(const Selection& selection, driver::Row& found) {
    Matches matches(session_.tx(), collection_, selection.filter, selection.archived, control_,
                    session_.store().limits());
    driver::RowView row;
    if (selection.sort == nullptr || selection.sort->empty()) {
        if (!matches.next(row)) return false;
        found = {Bytes(row.body), row.meta};
        return true;
    }
    std::optional<Bytes> best;
    while (matches.next(row)) {
        Bytes key = selection.sort->key(subject_of(row));
        if (best && key >= *best) continue;
        best = std::move(key);
        found = {Bytes(row.body), row.meta};
    }
    return best.has_value();
}

Tally Writer::modify_one(const Selection& selection, const std::function<Change(const driver::RowView&)>& change) {
    driver::Row row;
    if (!find_one(selection, row)) return {};
    const driver::RowView view{row.body, row.meta};
    check_match(collection_, view, selection.expected);
    const Change wanted = change(view);
    if (wanted.kind == Change::Kind::keep) return {.matched = 1};
    const Bytes key = key_of(row.body, session_.store().limits());
    const driver::Write write = write_of(wanted, key, row.meta, now_);
    apply({&write, 1});
    return {.matched = 1, .modified = 1};
}

// Keys first, then changes in batches: what the operation writes can neither be met again by its own scan nor pile up.
Tally Writer::modify_many(const Selection& selection, const std::function<Change(const driver::RowView&)>& change) {
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
    Matches matches(session_.tx(), collection_, selection.filter, selection.archived, control_, limits);
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

std::int64_t Writer::apply_changes(std::span<const BytesView> keys,
                                   const std::function<Change(const driver::RowView&)>& change) {
    const std::vector<std::optional<driver::Row>> rows = session_.tx().get_many(collection_, keys);
    std::vector<Change> changes(rows.size());
    std::vector<driver::Write> writes;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        control_.check();  // a change may take long
        if (!rows[i]) throw Error(Code::serialization, "a document was removed by another transaction meanwhile");
        changes[i] = change({rows[i]->body, rows[i]->meta});
        if (changes[i].kind != Change::Kind::keep) writes.push_back(write_of(changes[i], keys[i], rows[i]->meta, now_));
    }
    if (!writes.empty()) apply(writes);
    return static_cast<std::int64_t>(writes.size());
}

void Writer::apply(std::span<const driver::Write> writes) {
    const std::vector<driver::Outcome> outcomes = session_.tx().apply(collection_, writes);
    const bool done = std::all_of(outcomes.begin(), outcomes.end(),
                                  [](driver::Outcome outcome) { return outcome == driver::Outcome::done; });
    if (!done) throw Error(Code::serialization, "a document was changed by another transaction meanwhile");
    wrote_ = true;
}

}  // namespace sheaf::engine
