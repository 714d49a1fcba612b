// The SQL of a Pushdown. Paths travel as jsonpaths in parameters; the text depends on how many there are.
//
// "The rest" are the rows that the server does not judge: undecided ones, and those with an array on a path, or a value
// of another kind at its end.
//
// Threads: free functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <sheaf/driver/pushdown.hpp>

#include "storage/postgres/catalog.hpp"
#include "storage/postgres/params.hpp"

namespace sheaf::postgres {

using Keys = std::vector<std::string>;

// A jsonpath that is true of the rest's documents, by the kinds of values that are not judged at the ends of paths.
std::string sort_rest_path(std::span<const driver::SortTerm> terms);  // objects, as which dates and such stand, too
std::string group_rest_path(std::span<const Keys> paths);             // objects and numbers
// Whether a row of the table "d" belongs to the rest.
std::string rest_sql(const std::string& rest_path, Params& params);

// How many decided rows satisfy, and the first undecided rid (NULL: none).
std::string count_sql(const TableEntry& table, const driver::Where& where, Params& params);

// The rids of the first rows of a sort, at most `limit`, and whether each belongs to the rest. The rest comes first, or
// not at all.
enum class Rest : bool { first, left_out };
std::string top_sql(const TableEntry& table, const driver::Where& where, std::span<const driver::SortTerm> terms,
                    Rest rest, std::int64_t limit, Params& params);

// Groups: their rows, the first rid, whether they are the rest; then for each path the kind of value (NULL: missing)
// and its text. The rest is a group of its own.
inline constexpr std::size_t first_group_value = 3;
std::string group_sql(const TableEntry& table, const driver::Where& where, std::span<const Keys> paths,
                      std::size_t limit, Params& params);

}  // namespace sheaf::postgres
