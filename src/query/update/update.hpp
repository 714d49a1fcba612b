// Update: MongoDB-style update operators, parsed once and applied to encoded documents.
//
// Threads: immutable after parse(); apply() may be called from any thread.
//
//     Update update = Update::parse(R"({"$set": {"a.b": 1}, "$inc": {"n": 2}})"_json, limits);
//     std::optional<Document> changed = update.apply(document, limits);  // nothing: the document stays as it is
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/limits.hpp>

#include "query/filter/filter.hpp"
#include "query/settings.hpp"

namespace sheaf::query {

class Update {
public:
    // `update` is an object of operators, or an array: a pipeline, which computes the document anew. Array filters name
    // the elements that "$[name]" means. Throws invalid_update (unknown operators, wrong operands, an update without
    // operators, system fields), conflicting_paths, immutable_field, limit_exceeded.
    static Update parse(View update, const Settings& settings, std::span<const Document> array_filters = {});
    static Update parse(const Document& update, const Settings& settings, std::span<const Document> array_filters = {});
    Update(Update&&) noexcept;
    Update& operator=(Update&&) noexcept;
    ~Update();

    // The changed document, or nothing when the update leaves the bytes as they are. Throws type_mismatch,
    // path_not_viable, immutable_field (_id would change), limit_exceeded; the messages name path and operator.
    // `matched_index` is the filter's for this document, which a "$" in a path stands for.
    std::optional<Document> apply(const Document& document, const Limits& limits,
                                  std::optional<std::size_t> matched_index = std::nullopt) const;
    // Whether a path has a "$", so that apply() needs the filter's matched_index().
    bool needs_matched_index() const;

    // The document that an upsert inserts: the filter's equalities, changed by the update. May lack _id.
    Document upserted(const Filter& filter, const Limits& limits) const;

private:
    struct State;
    explicit Update(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// The document that replace_one with upsert inserts: the replacement, with the _id that the filter asks for.
Document upserted_replacement(const Filter& filter, const Document& replacement, const Limits& limits);

}  // namespace sheaf::query
