#include "indexes/index_model.hpp"

#include <algorithm>

#include "oracle/operations.hpp"

namespace sheaf::indexes {

namespace {

std::string name_of(const ModelIndex& index) {
    if (!index.definition.options.name.empty()) return index.definition.options.name;
    std::string made;
    for (const auto [path, direction] : index.definition.keys.view().members()) {
        made += (made.empty() ? "" : "_") + std::string(path) + "_" + std::to_string(direction.integer());
    }
    return made;
}

// Who has each key: of two who have the same one, the index allows none.
void judge_unique(const IndexContent& before, const IndexContent& after, bool nulls_distinct, Ruling& ruling) {
    const auto is_free = [&](const NaiveKeys& keys) { return nulls_distinct && keys.has_null; };
    std::map<NaiveKey, Bytes, NaiveLess> owners;
    for (const auto& [id, found] : after) {
        if (is_free(found)) continue;
        for (const NaiveKey& key : found.keys) {
            if (!owners.emplace(key, id).second) ruling.certain.insert(duplicate_key_number);
        }
    }
    for (const auto& [id, found] : before) {
        if (is_free(found)) continue;
        for (const NaiveKey& key : found.keys) {
            const auto owner = owners.find(key);
            if (owner != owners.end() && owner->second != id) ruling.possible.insert(duplicate_key_number);
        }
    }
}

}  // namespace

ModelIndex::ModelIndex(const Object& wanted) {
    definition.keys = oracle::document(wanted, "keys");
    definition.options.name = oracle::text(wanted, "name");
    definition.options.unique = oracle::flag(wanted, "unique");
    definition.options.nulls_distinct = oracle::flag(wanted, "nulls_distinct");
    definition.options.sparse = oracle::flag(wanted, "sparse");
    if (wanted.find("partial") != nullptr) definition.options.partial = oracle::document(wanted, "partial");
    name = name_of(*this);
    for (const auto [path, direction] : definition.keys.view().members()) paths.emplace_back(path);
    counted = std::none_of(paths.begin(), paths.end(), has_position);
}

bool ModelIndex::same_definition(const ModelIndex& other) const {
    const IndexOptions& a = definition.options;
    const IndexOptions& b = other.definition.options;
    return definition.keys == other.definition.keys && a.unique == b.unique && a.nulls_distinct == b.nulls_distinct &&
           a.sparse == b.sparse && a.partial == b.partial && a.expire_after == b.expire_after;
}

IndexContent content_of(const ModelIndex& index, const Collection& collection) {
    IndexContent content;
    FindOptions options;
    options.archived = Archived::include;
    Cursor cursor = collection.find(index.definition.options.partial.value_or(Document()), options);
    while (auto record = cursor.next()) {
        content.emplace(record->id().encoded(),
                        naive_keys(record->document.to_object(), index.paths, index.definition.options.sparse));
    }
    return content;
}

Ruling judge(const ModelIndex& index, const IndexContent& before, const IndexContent& after) {
    Ruling ruling;
    if (!index.counted) {
        ruling.possible.insert(parallel_arrays_number);
        return ruling;
    }
    for (const auto& [id, found] : after) {
        if (found.parallel) ruling.certain.insert(parallel_arrays_number);
    }
    if (index.definition.options.unique) {
        judge_unique(before, after, index.definition.options.nulls_distinct, ruling);
    }
    return ruling;
}

const ModelIndex* IndexModel::find(std::string_view name) const {
    const auto found =
        std::find_if(indexes_.begin(), indexes_.end(), [&](const ModelIndex& one) { return one.name == name; });
    return found == indexes_.end() ? nullptr : &*found;
}

const ModelIndex* IndexModel::like(const ModelIndex& index) const {
    const auto found = std::find_if(indexes_.begin(), indexes_.end(),
                                    [&](const ModelIndex& one) { return one.same_definition(index); });
    return found == indexes_.end() ? nullptr : &*found;
}

void IndexModel::add(ModelIndex index) {
    const auto place =
        std::find_if(indexes_.begin(), indexes_.end(), [&](const ModelIndex& one) { return one.name > index.name; });
    indexes_.insert(place, std::move(index));
}

void IndexModel::remove(std::string_view name) {
    std::erase_if(indexes_, [&](const ModelIndex& one) { return one.name == name; });
}

IndexModel::Contents IndexModel::contents(const Collection& collection) const {
    Contents made;
    for (const ModelIndex& index : indexes_) made.push_back(content_of(index, collection));
    return made;
}

Ruling IndexModel::judge(const Contents& before, const Contents& after) const {
    Ruling made;
    for (std::size_t i = 0; i < indexes_.size(); ++i) {
        const Ruling one = indexes::judge(indexes_[i], before[i], after[i]);
        made.certain.insert(one.certain.begin(), one.certain.end());
        made.possible.insert(one.possible.begin(), one.possible.end());
    }
    return made;
}

}  // namespace sheaf::indexes
