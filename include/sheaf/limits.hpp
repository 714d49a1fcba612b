// Every bound that sheaf puts on input, in one place. Set them when opening a store.
//
// A document that grows past a limit by an update is refused exactly as one that arrives too large.
// The defaults for size and depth are MongoDB's.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sheaf {

struct Limits {
    std::size_t document_bytes = 16U * 1024 * 1024;     // encoded (CBOR) size of one document
    std::size_t json_bytes = 64U * 1024 * 1024;         // JSON text of one document
    std::size_t depth = 100;                            // nested arrays and objects, the document itself included
    std::size_t id_bytes = 1024;                        // encoded key of an _id
    std::size_t filter_bytes = 16U * 1024 * 1024;       // encoded size of a filter, update, projection or sort
    std::size_t filter_depth = 100;                     // levels of a filter: $and, $not, $elemMatch, schemas...
    std::size_t regex_bytes = 16U * 1024;               // length of a $regex pattern (MongoDB's limit)
    std::uint32_t regex_steps = 10'000'000;             // of one search; a hostile pattern ends there
    std::size_t expression_bytes = 128U * 1024 * 1024;  // values that the expressions of one document may make
    std::size_t expression_steps = 20'000'000;          // operators and elements that those expressions may look at
    std::size_t pipeline_bytes = 256U * 1024 * 1024;    // memory of one $group or similar stage
    std::size_t pipeline_stages = 1000;
    std::size_t path_parts = 200;                 // components of one dotted path
    std::size_t array_growth = 1'500'000;         // null elements that a $set past an array's end may add
    std::size_t open_cursors = 500;               // that run_command keeps between batches, each with a snapshot
    std::size_t sort_bytes = 256U * 1024 * 1024;  // memory that one sort may hold; a find's then uses a temporary file
    std::uint64_t sort_disk_bytes = std::uint64_t{64} << 30;  // of such files
    std::size_t batch_documents = 100'000;                    // documents of one insert_many
    std::size_t batch_bytes = 256U * 1024 * 1024;             // bytes of one insert_many
};

}  // namespace sheaf
