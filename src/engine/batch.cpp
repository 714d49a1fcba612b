#include "engine/batch.hpp"

#include <utility>

namespace sheaf::engine {

Batch::Batch(std::shared_ptr<const CollectionInfo> info, std::size_t most) : info_(std::move(info)) {
    if (!info_->indexes.empty()) entries_.emplace(*info_);
    writes_.reserve(most);
}

void Batch::insert(const Prepared& document, DateTime now) {
    driver::Write write{
        .key = document.key, .body = document.body(), .meta = document.meta, .expect = driver::Expect::absent()};
    if (write.meta.version.value == 0) write.meta = {.version = {1}, .created = now, .updated = now};
    if (entries_) write.entries = entries_->added(write.body);
    archives_ = archives_ || write.meta.archived;
    writes_.push_back(write);
}

void Batch::change(const driver::RowView& row, Bytes key, Change change, DateTime now) {
    if (change.kind == Change::Kind::keep) return;
    if (held_.empty()) held_.reserve(writes_.capacity());
    const Held& held = held_.emplace_back(Held{std::move(key), std::move(change)});
    driver::Write write{
        .key = held.key, .meta = {.rid = row.meta.rid}, .expect = driver::Expect::exactly(row.meta.version)};
    if (held.change.kind == Change::Kind::remove) {
        write.kind = driver::Write::Kind::remove;
        if (entries_) write.entries = entries_->removed(row.body);
    } else {
        write.body = held.change.body;
        write.meta = changed_meta(row.meta, held.change.archived, now);
        if (entries_) write.entries = entries_->changed(row.body, write.body);
        archives_ = archives_ || held.change.archived;
    }
    writes_.push_back(write);
}

std::optional<CollectionRecord> Batch::raised_flags() const {
    std::optional<CollectionRecord> record;
    if (entries_) record = entries_->raised_flags();
    if (archives_ && !info_->has_archived) {
        if (!record) record = info_->record();
        record->has_archived = true;
    }
    return record;
}

}  // namespace sheaf::engine
