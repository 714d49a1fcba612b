// A Where as SQL: the condition is always one of the same few texts; what the user asked travels in parameters, as a
// jsonpath and its variables.
//
//     d.archived = $3 AND (d.doc IS NULL OR jsonb_path_match(d.doc, $4, $5, true) IS NOT FALSE)
//
// A document that JSON cannot express exactly has doc NULL (json_column.hpp): it is undecided. Of every other document
// the jsonpath says yes or no, never "unknown".
//
// Threads: free functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <sheaf/driver/backend.hpp>
#include <sheaf/predicate.hpp>

#include "storage/postgres/params.hpp"

namespace sheaf::postgres {

// A predicate as a jsonpath predicate over named variables, and the variables as JSON text.
struct JsonPath {
    std::string path;
    std::string variables;
};
JsonPath json_path(const Predicate& predicate);
// A path of keys as a jsonpath: $."address"."city"
std::string json_path(std::span<const std::string> keys);

// The condition on the table "d", for rows that satisfy and undecided ones; "true" where there is none. Adds its
// parameters.
std::string where_sql(const driver::Where& where, Params& params);

}  // namespace sheaf::postgres
