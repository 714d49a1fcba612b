// Projection: which fields of a document a find returns, {"a": 1, "b.c": 1} or {"a": 0}.
// Threads: immutable after parse().
#pragma once

#include <memory>
#include <optional>

#include <sheaf/document.hpp>
#include <sheaf/limits.hpp>

#include "query/settings.hpp"

namespace sheaf::query {

class Projection {
public:
    // Throws invalid_projection (mixed include and exclude, conflicting paths, unknown operators...).
    static Projection parse(const Document& projection, const Settings& settings);
    Projection();  // everything
    Projection(Projection&&) noexcept;
    Projection& operator=(Projection&&) noexcept;
    ~Projection();

    bool everything() const;
    // Keeps the document's key order. `matched_index` is the filter's for this document, which a positional "$" means.
    Document apply(View document, std::optional<std::size_t> matched_index = std::nullopt) const;
    // Whether there is a positional "$", so that apply() needs the filter's matched_index().
    bool needs_matched_index() const;
    // Whether a system field (_version, ...) is to be shown: named by an inclusion, or not named by an exclusion.
    // Without any projection, or where the projection speaks of no system field and includes others: as said in
    // docs/reference/queries.md.
    bool shows_system_field(std::string_view name) const;

private:
    struct State;
    explicit Projection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sheaf::query
