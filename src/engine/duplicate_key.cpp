#include "engine/duplicate_key.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sheaf/json.hpp>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "document/utf8.hpp"
#include "query/key_values.hpp"

namespace sheaf::engine {

namespace {

using Kind = driver::IndexEntry::Kind;

constexpr std::size_t max_shown_bytes = 200;

std::string shown(const std::string& json) {
    if (json.size() <= max_shown_bytes) return json;
    return std::string(utf8_prefix(json, max_shown_bytes)) + "...";
}

Bytes key_of(std::span<const View> values, const std::vector<query::IndexField>& fields) {
    Bytes key;
    for (std::size_t i = 0; i < values.size(); ++i) append_directed_key(key, values[i], fields[i].descending);
    return key;
}

// The values of a document that make the key: one element of each array. Of a key that was cut, the first that there
// are.
std::vector<View> values_of_key(const query::IndexKeys& keys, View document, BytesView key) {
    std::vector<query::KeyStep> steps;
    for (const query::IndexField& field : keys.fields()) steps.push_back(query::follow_key(document, field.path));
    std::vector<View> found;
    bool exact = false;
    query::expand_keys(std::move(steps), [&](std::span<const View> values) {
        if (exact) return;
        exact = key.starts_with(key_of(values, keys.fields()));  // nulls_distinct has put something behind it
        if (exact || found.empty()) found.assign(values.begin(), values.end());
    });
    return found;
}

std::string key_value_json(const query::IndexKeys& keys, View document, BytesView key) {
    const std::vector<View> values = values_of_key(keys, document, key);
    Bytes bytes;
    Encoder out(bytes);
    out.begin_object(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        out.key(keys.fields()[i].text);
        if (values[i]) {
            out.raw(values[i].encoded());
        } else {
            out.null();  // an empty array
        }
    }
    return to_json(View(bytes));
}

// The entries of a write that may have been refused, and what the writes before it have last done with their keys.
class Suspects {
public:
    Suspects(const CollectionInfo& info, std::span<const driver::Write> writes, std::size_t failed)
        : refused_(writes[failed]) {
        for (const driver::IndexEntry& entry : refused_.entries) {
            const auto index = std::find_if(info.indexes.begin(), info.indexes.end(),
                                            [&](const auto& candidate) { return candidate->table == entry.index; });
            if (entry.kind != Kind::add || index == info.indexes.end() || !(*index)->unique()) continue;
            entries_.push_back({&entry, index->get()});
            last_.try_emplace(Place{entry.index, entry.key});
        }
        for (const driver::Write& write : writes.first(failed)) {
            for (const driver::IndexEntry& entry : write.entries) {
                const auto found = last_.find({entry.index, entry.key});
                if (found != last_.end()) found->second = {&write, entry.kind};
            }
        }
    }

    struct Suspect {
        const driver::IndexEntry* entry;
        const Index* index;
    };
    const std::vector<Suspect>& entries() const { return entries_; }

    // The body of the document that had the key at that time; empty when none had.
    Bytes holder_of(driver::Transaction& tx, const std::string& collection, const driver::IndexEntry& entry) const {
        const Last& last = last_.at({entry.index, entry.key});
        if (last.write != nullptr) return last.kind == Kind::add ? Bytes(last.write->body) : Bytes();
        driver::Row row = row_of_key(tx, collection, entry.index, entry.key);
        return row.meta.rid == refused_.meta.rid ? Bytes() : std::move(row.body);
    }

private:
    struct Place {
        std::string_view index;
        BytesView key;
        bool operator==(const Place&) const = default;
    };
    struct HashPlace {
        std::size_t operator()(const Place& place) const {
            const std::hash<std::string_view> hash;
            return hash(place.key) ^ (hash(place.index) << 1U);
        }
    };
    struct Last {
        const driver::Write* write = nullptr;
        Kind kind = Kind::add;
    };

    const driver::Write& refused_;
    std::vector<Suspect> entries_{};
    std::unordered_map<Place, Last, HashPlace> last_{};
};

}  // namespace

Error duplicate_key_error(const std::string& collection, const Index& index, BytesView key, BytesView refused,
                          BytesView holder) {
    const std::string id = to_json(View(refused)["_id"]);
    const std::string values = key_value_json(index.keys, View(refused), key);
    const std::string by = holder.empty() ? "" : " by document " + to_json(View(holder)["_id"]);
    return Error(Code::duplicate_key,
                 "document " + id + " breaks the unique index \"" + index.name + "\" of \"" + collection +
                     "\": " + shown(values) + " is taken" + by,
                 {.collection = collection,
                  .id = id,
                  .index = index.name,
                  .key_pattern = index.definition.keys.to_json(),
                  .key_value = values});
}

Error duplicate_id_error(const std::string& collection, View id, bool archived) {
    const std::string text = to_json(id);
    return Error(
        Code::duplicate_key,
        "document " + text + " exists already in \"" + collection + "\"" + (archived ? " (it is archived)" : ""),
        {.collection = collection,
         .id = text,
         .index = "_id_",
         .key_pattern = R"({"_id":1})",
         .key_value = "{\"_id\":" + text + "}"});
}

std::optional<Error> duplicate_entry_error(driver::Transaction& tx, const std::string& collection,
                                           const CollectionInfo& info, std::span<const driver::Write> writes,
                                           std::size_t failed) {
    const Suspects suspects(info, writes, failed);
    for (const auto& [entry, index] : suspects.entries()) {
        const Bytes holder = suspects.holder_of(tx, collection, *entry);
        if (!holder.empty()) return duplicate_key_error(collection, *index, entry->key, writes[failed].body, holder);
    }
    return std::nullopt;
}

driver::Row row_of_key(driver::Transaction& tx, std::string_view collection, std::string_view index_table,
                       BytesView key) {
    const driver::KeyRange only{Bytes(key), Bytes(key) + '\0'};
    const auto cursor = tx.fetch(collection, {.index = index_table, .ranges = {&only, 1}});
    driver::RowView row;
    if (!cursor->next(row)) return {};
    return {Bytes(row.body), row.meta};
}

}  // namespace sheaf::engine
