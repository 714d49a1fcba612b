// What a definition of an index may be, and how two of them relate.
// Threads: free functions.
#pragma once

#include <cstdint>

#include <sheaf/index.hpp>
#include <sheaf/limits.hpp>

#include "engine/catalog.hpp"

namespace sheaf::engine {

// MongoDB's numbers.
namespace mongo_number {
inline constexpr int bad_value = 2;
inline constexpr int index_not_found = 27;
inline constexpr int cannot_create_index = 67;
inline constexpr int invalid_options = 72;
inline constexpr int index_options_conflict = 85;
inline constexpr int index_key_specs_conflict = 86;
inline constexpr int invalid_index_option = 197;
inline constexpr int query_feature_not_allowed = 224;
}  // namespace mongo_number

inline constexpr std::size_t max_indexes = 64;  // of a collection, that of _id included
inline constexpr std::string_view id_index = "_id_";

// Whether the definition is that of the index of _id, which every collection has. Throws for what it cannot be:
// descending, with options, or of that name with other keys.
bool is_id_index(const IndexDefinition& definition);

// The definition with its name, as it is recorded. Throws invalid_argument (with MongoDB's number), unsupported,
// limit_exceeded.
IndexDefinition checked(const IndexDefinition& definition, const Limits& limits);

// How a recorded index stands in the way of a wanted one. The signature of an index is what makes it another one than
// those on the same keys: all options but the time after which documents expire.
enum class Likeness : std::uint8_t {
    other,
    same_name,       // with another signature
    same_signature,  // under another name, or with another time
    equal,
};
Likeness likeness(const IndexRecord& recorded, const IndexDefinition& wanted);

// Throws conflict, unless the likeness is `equal` or `other`.
void refuse_conflict(const IndexRecord& recorded, const IndexDefinition& wanted);

}  // namespace sheaf::engine
