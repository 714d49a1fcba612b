// Reads the specification of a find projection or of a $project stage, which are one language but for a few operators.
#pragma once

#include "query/projection/projection_tree.hpp"
#include "query/settings.hpp"

namespace sheaf::query {

enum class ProjectionLanguage : std::uint8_t {
    find,   // has $slice of arrays, $elemMatch, the positional "$", and names system fields
    stage,  // $project
};

struct ParsedProjection {
    ProjectionNode root;
    bool includes = true;        // what is not named is dropped; else it is kept
    bool system_fields[5] = {};  // named ones, by SystemField
    bool positional = false;
};

// Nested objects repeat the path to them for each of their members. All that may take as many bytes as a projection.
class PrefixBudget {
public:
    explicit PrefixBudget(const Limits& limits) : left_(limits.filter_bytes) {}
    void spend(std::string_view prefix);  // throws limit_exceeded

private:
    std::size_t left_;
};

// REQUIRES: an object with members, which outlives the result. Throws invalid_projection with MongoDB's number, and
// what expressions throw.
ParsedProjection parse_projection(View spec, const Settings& settings, ProjectionLanguage language);

}  // namespace sheaf::query
