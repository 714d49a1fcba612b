#include "engine/index_only.hpp"

#include <algorithm>

#include "document/key.hpp"
#include "engine/index_fit.hpp"

namespace sheaf::engine {

namespace {

// Whether archived documents, which the indexes hold too, may be among what a query must not see.
bool sees_archived(const CollectionInfo& info, Archived archived) {
    return archived == Archived::only || (archived == Archived::exclude && info.has_archived);
}

// To skip from value to value takes a search in the index and a fetch each: beyond this part of the documents it is
// cheaper to read them all.
constexpr std::int64_t documents_per_skip = 20;
constexpr std::int64_t least_skips = 100;
constexpr char behind = '\xFF';  // every key that begins with a whole key goes on with less

// REQUIRES: there is no array on the path.
View value_at(View value, const Path& path) {
    for (const PathPart& part : path) {
        if (!value.is_object()) return {};
        value = value[part.key];
    }
    return value;
}

// Walks an index from one value of its first field to the next.
class ValueSkips {
public:
    ValueSkips(driver::Transaction& tx, const std::string& collection, const Index& index, const Control& control)
        : tx_(tx), collection_(collection), index_(index), control_(control) {}

    // False when that takes more than `most` steps.
    bool walk(const std::vector<driver::KeyRange>& ranges, std::int64_t most, query::DistinctValues& values) {
        left_ = most;
        for (driver::KeyRange range : ranges) {
            while (const std::optional<Bytes> next = add_first(range, values)) {
                if (next->empty() || left_-- == 0) return false;
                range.lower = *next;
            }
        }
        return true;
    }

private:
    // Adds the first value in the range. Returns where the next one begins; nothing at the end of the range.
    std::optional<Bytes> add_first(const driver::KeyRange& range, query::DistinctValues& values) {
        control_.check();
        const auto cursor = tx_.fetch(collection_, {.index = index_.table, .ranges = {&range, 1}});
        const query::IndexField& field = index_.keys.fields().front();
        driver::RowView row;
        if (!cursor->next(row)) return std::nullopt;
        View value = value_at(View(row.body), field.path);
        // Missing fields stand beside nulls: is there a null among them?
        const Bytes key = key_of(value ? value : null_view(), field.descending);
        while (!value && cursor->next(row) && cursor->key().starts_with(key)) {
            if (left_-- == 0) return Bytes();
            value = value_at(View(row.body), field.path);
        }
        if (value && cursor->key().starts_with(key)) values.add(View(row.body));
        return key + behind;
    }

    static Bytes key_of(View value, bool descending) {
        Bytes key;
        append_directed_key(key, value, descending);
        return key;
    }

    static View null_view() {
        static constexpr char null = static_cast<char>(0xF6);
        return View(&null, &null + 1);
    }

    driver::Transaction& tx_;
    const std::string& collection_;
    const Index& index_;
    const Control& control_;
    std::int64_t left_ = 0;
};

// The ready index that begins with the path and sorts all matching documents by it, with what the filter leaves of it.
std::optional<IndexFit> fit_for_values(const CollectionInfo& info, const Path& path, const Query& query) {
    const bool has_number = std::any_of(path.begin(), path.end(), [](const PathPart& part) { return part.index; });
    if (has_number) return std::nullopt;  // which may name an element
    const query::FilterBounds bounds = query.filter.bounds();
    for (const auto& index : info.indexes) {
        if (index->state != IndexState::ready || index->multikey != 0 || index->cut) continue;
        if (index->keys.fields().front().path != path) continue;
        if (!index->complete() && !query.filter.implies(index->partial)) continue;
        if (!query.hint.empty() && query.hint != index->name) continue;
        IndexFit fit = fit_index(index.get(), bounds, nullptr);
        if (fit.exact && fit.ranges.used <= 1) return fit;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> count_by_index(driver::Transaction& tx, std::string_view collection, const Plan& plan,
                                           const Query& query) {
    if (plan.is_of_nothing()) return 0;
    if (plan.gets_ids() || plan.may_repeat() || sees_archived(*plan.info, query.archived)) return std::nullopt;
    const Access& access = plan.accesses.front();
    if (!access.exact) return std::nullopt;
    if (access.kind == Access::Kind::scan) return tx.count(collection, {}, query.limit);
    if (access.ranges.empty()) return 0;
    return tx.count(access.index == nullptr ? collection : std::string_view(access.index->table), access.ranges,
                    query.limit);
}

bool distinct_by_index(driver::Transaction& tx, Store& store, const std::string& collection, std::string_view path,
                       const Query& query, const Control& control, query::DistinctValues& values) {
    const auto info = store.catalog().find(tx, collection);
    if (info == nullptr || info->indexes.empty() || sees_archived(*info, query.archived)) return false;
    const auto fit = fit_for_values(*info, split_path(path), query);
    if (!fit) return false;
    const std::int64_t most = std::max(least_skips, tx.estimate(collection) / documents_per_skip);
    return ValueSkips(tx, collection, *fit->index, control).walk(key_ranges(fit->ranges.ranges), most, values);
}

bool extreme_by_index(driver::Transaction& tx, Store& store, const std::string& collection, std::string_view path,
                      Extreme extreme, const Query& query, Bytes& value) {
    const auto info = store.catalog().find(tx, collection);
    if (info == nullptr || info->indexes.empty() || sees_archived(*info, query.archived)) return false;
    const Path parts = split_path(path);
    std::optional<IndexFit> fit = fit_for_values(*info, parts, query);
    // Pairs of one value are in the order of the documents only where it is the whole key.
    if (!fit || fit->keys->fields().size() > 1) return false;
    query::Intervals& values = fit->fields.front();
    values = values.intersected(query::Intervals::range(Bytes(1, key_tag::null + 1), Bytes(1, behind)));
    const auto first = [&](driver::Order order) -> Bytes {
        const std::vector<driver::KeyRange> ranges = key_ranges(fit->keys->key_ranges(fit->fields).ranges);
        if (ranges.empty()) return {};
        const auto cursor = tx.fetch(collection, {.index = fit->index->table, .ranges = ranges, .order = order});
        driver::RowView row;
        if (!cursor->next(row)) return {};
        return Bytes(value_at(View(row.body), parts).encoded());
    };
    const bool at_end = (extreme == Extreme::largest) != fit->keys->fields().front().descending;
    value = first(at_end ? driver::Order::key_descending : driver::Order::key);
    if (value.empty() || !at_end) return true;
    values = query::Intervals::point(View(value));  // 5 and 5.0 are one value: that of the first document
    value = first(driver::Order::key);
    return true;
}

}  // namespace sheaf::engine
