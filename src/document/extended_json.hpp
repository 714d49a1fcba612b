// The objects by which Extended JSON v2 writes the types that JSON lacks, as one table for reader, writer and checks.
#pragma once

#include <optional>
#include <string_view>

namespace sheaf {

enum class Wrapper {
    number_int,
    number_long,
    number_double,
    date,
    oid,
    binary,
    uuid,  // a shorthand for binary subtype 4; not held yet
    // Not held yet, refused by name:
    decimal128,
    timestamp,
    regular_expression,
    min_key,
    max_key,
    code,
    scope,
    symbol,
    db_pointer,
    undefined,
};

// The wrapper that a key beginning with "$" announces, or nothing when it is an ordinary key.
std::optional<Wrapper> wrapper_of(std::string_view key);
bool is_held(Wrapper wrapper);

}  // namespace sheaf
