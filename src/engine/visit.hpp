// Reading operations that look at every match in turn.
//
// Threads: as their Collection.
#pragma once

#include "engine/find_cursor.hpp"
#include "engine/target.hpp"

namespace sheaf::engine {

// Calls `visit(row)` for each match, in any order, until it returns false. Options has archived, let, hint and control.
template <typename Options, typename Visit>
void visit_matches(const Target& target, const Document& filter_document, const Options& options, const Visit& visit) {
    const query::Bindings bindings = target.bindings(options.let);
    const auto filter = query::Filter::parse(filter_document, {target.limits(), &bindings});
    const auto session = target.reading(options.control);
    const Control control = narrowed(options.control, session->control());
    const Query query{.filter = filter, .archived = options.archived, .hint = options.hint};
    Matches matches(session->tx(), *target.store, target.name, query, control);
    driver::RowView row;
    while (matches.next(row) && visit(row)) continue;
}

}  // namespace sheaf::engine
