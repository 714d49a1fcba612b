// The batches of a cursor: the first in the reply of the command that opens it, the next by getMore.
//
// Threads: free functions.
#pragma once

#include <optional>

#include "commands/command.hpp"
#include "engine/cursor_registry.hpp"

namespace sheaf::commands {

struct Batch {
    std::optional<std::int64_t> size{};  // none: as many as fit into 16 MB
    bool single = false;                 // the cursor is closed after it
};

inline constexpr std::int64_t first_batch_size = 101;

// Takes {"batchSize": 10}, the value of a field `name`.
void take_cursor(std::string_view name, View value, Batch& batch);

// Reads the first batch and keeps the cursor when there may be more.
// {"cursor": {"firstBatch": [...], "id": ..., "ns": ...}, "ok": 1.0}
Document first_batch(const Invocation& invocation, engine::OpenCursor cursor, const Batch& batch,
                     const Control& control);

// A cursor over an engine cursor.
engine::OpenCursor open_cursor(std::string collection, std::unique_ptr<engine::FindCursor> cursor);
engine::OpenCursor open_cursor(std::string collection, std::unique_ptr<engine::AggregateCursor> cursor);
// Over documents that are already there.
engine::OpenCursor open_cursor(std::string collection, std::vector<Document> documents);

}  // namespace sheaf::commands
