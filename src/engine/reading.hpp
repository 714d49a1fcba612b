// Reading: what each operation that reads begins with: its filter, its snapshot and its query, from its options.
//
// Threads: as its Collection. Lifetime: one operation; borrows the target and the options' strings.
//
//     Reading reading(target, filter, options);
//     reading.query.only_counts = true;
//     Matches matches(reading.tx(), *target.store, target.name, reading.query, reading.control);
#pragma once

#include "engine/matches.hpp"
#include "engine/only_id.hpp"
#include "engine/target.hpp"

namespace sheaf::engine {

struct Reading {
    enum class Reads : std::uint8_t { once, several_times };  // the documents that match

    // Options has archived, let, hint and control.
    template <typename Options>
    Reading(const Target& target, const Document& filter_document, const Options& options,
            Reads reads = Reads::several_times)
        : bindings(target.bindings(options.let)),
          filter(query::Filter::parse(filter_document, {target.limits(), &bindings})),
          session(target.reading(options.control, reads == Reads::once
                                                      ? reading_isolation(filter, options.hint, target.limits())
                                                      : driver::Isolation::serializable)),
          control(narrowed(options.control, session->control())),
          query{.filter = filter, .archived = options.archived, .hint = options.hint} {}
    Reading(const Reading&) = delete;  // its parts refer to each other
    Reading& operator=(const Reading&) = delete;

    driver::Transaction& tx() const { return session->tx(); }

    query::Bindings bindings;
    query::Filter filter;
    std::shared_ptr<Session> session;
    Control control;
    Query query;
};

// Calls `visit(row)` for each match, in any order, until it returns false.
template <typename Options, typename Visit>
void visit_matches(const Target& target, const Document& filter, const Options& options, const Visit& visit) {
    const Reading reading(target, filter, options);
    Matches matches(reading.tx(), *target.store, target.name, reading.query, reading.control);
    driver::RowView row;
    while (matches.next(row) && visit(row)) continue;
}

}  // namespace sheaf::engine
