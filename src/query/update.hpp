// Update: MongoDB-style update operators, parsed once and applied to encoded documents.
//
// Threads: immutable after parse(); apply() may be called from any thread.
//
//     Update update = Update::parse(R"({"$set": {"a.b": 1}, "$inc": {"n": 2}})"_json, limits);
//     std::optional<Document> changed = update.apply(document, limits);  // nothing: the document stays as it is
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/limits.hpp>

#include "query/filter.hpp"

namespace sheaf::query {

class Update {
public:
    // Throws invalid_update (unknown operators, wrong operands, an update without operators, system fields),
    // conflicting_paths, immutable_field, limit_exceeded.
    static Update parse(const Document& update, const Limits& limits);
    Update(Update&&) noexcept;
    Update& operator=(Update&&) noexcept;
    ~Update();

    // The changed document, or nothing when the update leaves the bytes as they are. Throws type_mismatch,
    // path_not_viable, immutable_field (_id would change), limit_exceeded; the messages name path and operator.
    std::optional<Document> apply(const Document& document, const Limits& limits) const;

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
