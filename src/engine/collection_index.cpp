// The methods of Collection about indexes.
#include <sheaf/collection.hpp>
#include <sheaf/error.hpp>

#include <algorithm>
#include <utility>

#include "engine/collections.hpp"
#include "engine/description.hpp"
#include "engine/expiry.hpp"
#include "engine/index_build.hpp"
#include "engine/index_check.hpp"
#include "engine/target.hpp"

namespace sheaf {

using engine::CollectionInfo;
using engine::CollectionRecord;
using engine::IndexRecord;
using engine::Target;

namespace {

// Drops the indexes for which `wanted` is true; returns their names.
template <typename Wanted>
std::vector<std::string> drop_indexes(driver::Transaction& tx, const std::string& collection, const Wanted& wanted) {
    engine::wait_for_writers(tx, collection);
    const auto table = tx.find_table(collection);
    if (!table) return {};
    CollectionRecord record = engine::parse_record(table->description);
    std::vector<std::string> dropped;
    for (const IndexRecord& index : record.indexes) {
        if (!wanted(index)) continue;
        tx.drop_table(index.table);
        dropped.push_back(index.name);
    }
    if (dropped.empty()) return dropped;
    for (const std::string& name : dropped) record.remove(name);
    tx.describe_table(collection, encode_description(record));
    return dropped;
}

bool is_wanted(const IndexDefinition& definition, std::span<const IndexDefinition> wanted) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const IndexDefinition& other) { return definition.same_as(other); });
}

// `info` may be null.
const engine::Index& ready_index(const CollectionInfo* info, const std::string& collection, std::string_view name) {
    const engine::Index* index = info == nullptr ? nullptr : info->find(name);
    if (index == nullptr) {
        throw Error(Code::not_found, "\"" + collection + "\" has no index \"" + std::string(name) + "\"",
                    {.collection = collection, .mongo = engine::mongo_number::index_not_found});
    }
    if (index->state == IndexState::ready) return *index;
    throw Error(Code::conflict, "the index \"" + std::string(name) + "\" of \"" + collection + "\" is not built yet",
                {.collection = collection});
}

}  // namespace

std::string Collection::create_index(const Document& keys, const IndexOptions& options, const BuildOptions& build) {
    const Target target{store_, session_, name_};
    const IndexDefinition definition{keys, options};
    if (engine::is_id_index(definition)) {
        target.change_tables(build.control, [&](driver::Transaction& tx) { engine::create_collection(tx, name_); });
        return std::string(engine::id_index);
    }
    return engine::build_index(target, definition, engine::Existing::refuse, build).name;
}

IndexChange Collection::ensure_index(const IndexDefinition& definition, const BuildOptions& build) {
    if (engine::is_id_index(definition)) return IndexChange::none;
    return engine::build_index({store_, session_, name_}, definition, engine::Existing::replace, build).change;
}

bool Collection::drop_index(std::string_view name, const Control& control) {
    if (name == engine::id_index) {
        throw Error(Code::invalid_argument, "the index of _id cannot be dropped",
                    {.collection = name_, .mongo = engine::mongo_number::invalid_options});
    }
    bool dropped = false;
    Target{store_, session_, name_}.change_tables(control, [&](driver::Transaction& tx) {
        dropped = !drop_indexes(tx, name_, [&](const IndexRecord& index) { return index.name == name; }).empty();
    });
    return dropped;
}

std::vector<IndexInfo> Collection::list_indexes(const Control& control) const {
    const Target target{store_, session_, name_};
    return target.read(control, [&] {
        const auto session = target.reading(control);
        std::vector<IndexInfo> infos;
        if (const auto info = store_->catalog().find(session->tx(), name_)) {
            for (const auto& index : info->indexes) infos.push_back(index->info());
        }
        return infos;
    });
}

StaleIndexes Collection::drop_stale_indexes(std::span<const IndexDefinition> wanted, DryRun dry_run,
                                            const Control& control) {
    StaleIndexes result;
    const Target target{store_, session_, name_};
    if (dry_run == DryRun::yes || session_ == nullptr) {
        for (const IndexInfo& index : list_indexes(control)) {
            (is_wanted(index.definition, wanted) ? result.kept : result.dropped).push_back(index.name);
        }
        if (dry_run == DryRun::yes || result.dropped.empty()) return result;  // without keeping writers waiting
    }
    target.change_tables(control, [&](driver::Transaction& tx) {
        result = {};
        result.dropped = drop_indexes(tx, name_, [&](const IndexRecord& index) {
            const bool kept = is_wanted(index.definition, wanted);
            if (kept) result.kept.push_back(index.name);
            return !kept;
        });
    });
    return result;
}

IndexCheck Collection::verify_index(std::string_view name, const Control& control) const {
    const Target target{store_, session_, name_};
    return target.read(control, [&] {
        const auto session = target.reading(control);
        const auto info = store_->catalog().find(session->tx(), name_);
        const engine::Index& index = ready_index(info.get(), name_, name);
        return engine::check_index(session->tx(), name_, index, store_->limits(),
                                   engine::narrowed(control, session->control()));
    });
}

std::int64_t Collection::expire(const Control& control) {
    return engine::expire_documents({store_, session_, name_}, control);
}

CollectionDescription Collection::describe(const DescribeOptions& options) const {
    const Target target{store_, session_, name_};
    return target.read(options.control, [&] {
        const auto session = target.reading(options.control);
        return engine::describe_collection(session->tx(), *store_, name_, options.sample,
                                           engine::narrowed(options.control, session->control()));
    });
}

}  // namespace sheaf
