// What an update of operators is parsed into.
//
// Threads: immutable after parsing. Lifetime: the trees point into the modifications and array filters beside them, so
// that a ParsedUpdate stays where it is.
#pragma once

#include <deque>
#include <span>

#include "query/update/modification.hpp"
#include "query/update/operators.hpp"

namespace sheaf::query {

class ParsedUpdate {
public:
    ParsedUpdate(View update, const Settings& settings, std::span<const Document> array_filters);
    ParsedUpdate(const ParsedUpdate&) = delete;
    ParsedUpdate& operator=(const ParsedUpdate&) = delete;

    const UpdateNode& tree() const { return tree_; }
    const UpdateNode& sources() const { return sources_; }  // the old paths of $rename
    std::size_t renames() const { return renames_; }
    bool needs_matched_index() const;

private:
    void parse_operator(const UpdateOperator& op, View operand, const Settings& settings);
    void parse_rename(const Target& target, View operand, const Settings& settings);
    const Modification& add(Modification modification);

    ArrayFilters filters_;
    std::deque<Modification> modifications_;
    UpdateNode tree_;
    UpdateNode sources_;
    std::size_t renames_ = 0;
};

}  // namespace sheaf::query
