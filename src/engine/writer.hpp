// Writer: the one way by which the engine changes documents. Everything that must happen with a write (entries of
// indexes, flags of the collection; later the operation log) belongs here, so that no operation can forget it.
//
// Threads: one at a time. A Writer lives for one operation; when it is destroyed without finish() after it has written,
// the transaction that it shares with other operations is aborted.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store.hpp"
#include "query/filter/filter.hpp"
#include "query/sort.hpp"

namespace sheaf::engine {

// A document that is ready to be stored: _id first, no system fields. Borrows the bytes of the document that it was
// made from, unless they had to be changed.
struct Prepared {
    Bytes key{};
    std::optional<Bytes> changed{};
    BytesView given{};
    driver::RowMeta meta{};

    BytesView body() const { return changed ? BytesView(*changed) : given; }
};

// What becomes of a selected row.
struct Change {
    enum class Kind : std::uint8_t { keep, put, remove };
    Kind kind = Kind::keep;
    Bytes body{};
    bool archived = false;
};

enum class Reach : std::uint8_t { one, many };

struct Selection {
    const query::Filter& filter;
    const query::Sort* sort = nullptr;  // which of several matches; for Reach::one
    Reach reach = Reach::one;
    Archived archived = Archived::exclude;
    ExpectedVersion expected{};
    std::string_view hint{};  // of an index, as in FindOptions
};

struct Tally {
    std::int64_t matched = 0;
    std::int64_t modified = 0;
};

// Thrown by modify() where it has found no match without a snapshot, though there may be one: the operation is to be
// run again, as serializable. No Error, since nothing has gone wrong.
struct Overlooked {};

class Batch;
struct Query;

class Writer {
public:
    Writer(Session& session, const std::string& collection, const Control& control);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // All or none. Throws duplicate_key or version_mismatch.
    void insert(std::span<const Prepared> documents, ExpectedVersion expected);

    // Applies a change to one or all selected rows. Expectations on rows that match are checked here; those on an
    // operation without a match are checked by the caller, who may upsert. Throws Overlooked.
    Tally modify(const Selection& selection, const std::function<Change(const driver::RowView&)>& change);

    // Removes those of the rows that are there and are still to go; returns how many. For rows that were found by an
    // earlier transaction: a key and a version do not tell whether it is the same document.
    std::int64_t remove_if(std::span<const Bytes> keys, const std::function<bool(const driver::RowView&)>& still);

    void finish() { finished_ = true; }
    DateTime now() const { return now_; }  // of the whole operation
    // Of the collection, as the transaction sees it; null when there is none.
    const std::shared_ptr<const CollectionInfo>& info();

private:
    using ChangeRow = std::function<Change(const driver::RowView&)>;
    struct Selected {
        Bytes key;
        std::size_t body_bytes;
    };

    Tally modify_one(const Selection& selection, const ChangeRow& change);
    Tally modify_many(const Selection& selection, const ChangeRow& change);
    bool change_first(const Selection& selection, const ChangeRow& change, Batch& batch);
    bool change_locked(const Selection& selection, const ChangeRow& change, Batch& batch);
    bool change_row(const driver::RowView& row, const Selection& selection, const ChangeRow& change, Batch& batch);
    std::optional<Bytes> first_key(const Query& query);
    std::vector<Selected> select_rows(const Selection& selection);
    std::int64_t apply_changes(std::span<const BytesView> keys, const ChangeRow& change);
    std::int64_t change_rows(std::span<const BytesView> keys, std::span<const std::optional<driver::Row>> rows,
                             const ChangeRow& change);
    std::int64_t apply_if_any(const Batch& batch);
    void apply(const Batch& batch);
    std::optional<std::size_t> try_apply(const Batch& batch);
    void record_flags(const Batch& batch);
    [[noreturn]] void lose(std::string_view how);
    [[noreturn]] void refuse_insert(std::span<const Prepared> documents, std::size_t refused, ExpectedVersion expected);

    Session& session_;
    const std::string& collection_;
    const Control control_;
    const DateTime now_;
    std::shared_ptr<const CollectionInfo> info_{};  // read when it is needed; null: not yet, or no longer right
    bool wrote_ = false;
    bool finished_ = false;
};

// The system fields of a row after a change.
driver::RowMeta changed_meta(const driver::RowMeta& old, bool archived, DateTime now);

// Throws version_mismatch for an operation that found no document, where `expected` does not allow that.
void check_without_match(const std::string& collection, ExpectedVersion expected, Upsert upsert);

[[noreturn]] void throw_version_mismatch(const std::string& collection, const std::string& id, ExpectedVersion expected,
                                         std::optional<Version> actual);

}  // namespace sheaf::engine
