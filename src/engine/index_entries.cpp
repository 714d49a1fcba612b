#include "engine/index_entries.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <sheaf/error.hpp>

#include "document/key.hpp"

namespace sheaf::engine {

namespace {

using Kind = driver::IndexEntry::Kind;

constexpr std::size_t bytes_per_entry = sizeof(driver::IndexEntry) + sizeof(Bytes) + 40;  // beside its key; about

// Of a body that is in the store. Where an index is still being built it may be one that the index cannot hold.
std::vector<Bytes> old_keys_of(const Index& index, BytesView body) {
    if (index.state == IndexState::ready) return index_keys_of(index, body).keys;
    try {
        return index_keys_of(index, body).keys;
    } catch (const Error& error) {
        if (error.code() == Code::corrupt) throw;
        return {};
    }
}

std::vector<Bytes> without(const std::vector<Bytes>& keys, const std::vector<Bytes>& others) {
    std::vector<Bytes> left;
    std::set_difference(keys.begin(), keys.end(), others.begin(), others.end(), std::back_inserter(left));
    return left;
}

}  // namespace

// With nulls_distinct the _id stands behind a key that holds a null, so that no two documents have the same one. The
// whole still lies where the planner looks for the key (query/intervals.hpp).
DocumentKeys index_keys_of(const Index& index, BytesView body) {
    const View document(body);
    const IndexOptions& options = index.definition.options;
    if (options.partial && !index.partial.matches({document, {}})) return {};
    query::IndexKeys::Found found;
    try {
        found = index.keys.find(document, options.sparse);
    } catch (const Error& error) {
        if (error.code() == Code::corrupt) throw;
        throw error.with_context("index \"" + index.name + "\": ");
    }
    if (options.nulls_distinct && found.has_null) {
        const Bytes id = encode_key(document["_id"]);
        for (Bytes& key : found.keys) key += id;
        std::sort(found.keys.begin(), found.keys.end());
    }
    return {.keys = std::move(found.keys), .needed = {.multikey = found.multikey, .cut = found.cut}};
}

std::vector<Bytes> IndexEntries::new_keys(std::size_t index, BytesView body) {
    DocumentKeys made = index_keys_of(*info_.indexes[index], body);
    needed_[index].raise(made.needed);
    return std::move(made.keys);
}

// Hands keys that are to be added on, unless they are too many.
std::vector<Bytes> IndexEntries::limited(std::vector<Bytes> keys) {
    for (const Bytes& key : keys) added_ += key.size() + bytes_per_entry;
    if (added_ <= max_added_) return keys;
    throw Error(Code::limit_exceeded, "these documents add more to the indexes than one batch may (" +
                                          std::to_string(max_added_) +
                                          " bytes): write smaller batches, or shorten the arrays that are indexed");
}

void IndexEntries::add(Kind kind, const Index& index, std::vector<Bytes> keys) {
    for (Bytes& key : keys) {
        bytes_ += key.size() + bytes_per_entry;
        keys_.push_back(std::move(key));
        open_.push_back({.kind = kind, .index = index.table, .key = keys_.back()});
    }
}

std::span<const driver::IndexEntry> IndexEntries::close() {
    if (open_.empty()) return {};
    return entries_.emplace_back(std::exchange(open_, {}));
}

std::span<const driver::IndexEntry> IndexEntries::added(BytesView body) {
    for (std::size_t i = 0; i < info_.indexes.size(); ++i) {
        add(Kind::add, *info_.indexes[i], limited(new_keys(i, body)));
    }
    return close();
}

std::span<const driver::IndexEntry> IndexEntries::removed(BytesView body) {
    for (const auto& index : info_.indexes) add(Kind::remove, *index, old_keys_of(*index, body));
    return close();
}

std::span<const driver::IndexEntry> IndexEntries::changed(BytesView before, BytesView after) {
    if (before == after) return {};  // archived or restored
    std::vector<std::vector<Bytes>> fresh;
    for (std::size_t i = 0; i < info_.indexes.size(); ++i) {
        const Index& index = *info_.indexes[i];
        std::vector<Bytes> old_keys = old_keys_of(index, before);
        std::vector<Bytes> keys = new_keys(i, after);
        fresh.push_back(limited(without(keys, old_keys)));
        add(Kind::remove, index, without(old_keys, keys));
    }
    for (std::size_t i = 0; i < fresh.size(); ++i) add(Kind::add, *info_.indexes[i], std::move(fresh[i]));
    return close();
}

std::optional<CollectionRecord> IndexEntries::raised_flags() const {
    const auto is_covered = [&](std::size_t i) { return info_.indexes[i]->cover(needed_[i]); };
    std::size_t covered = 0;
    while (covered < needed_.size() && is_covered(covered)) ++covered;
    if (covered == needed_.size()) return std::nullopt;
    CollectionRecord record = info_.record();
    for (std::size_t i = 0; i < needed_.size(); ++i) record.indexes[i].raise(needed_[i]);
    return record;
}

}  // namespace sheaf::engine
