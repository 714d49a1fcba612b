// CopyMark: how far the copy of a collection has come, as the destination keeps it in a table of sheaf's own from the
// first batch, with which it is committed, to the end of the copy.
//
// The hash is that of the documents that were copied: the source is the one that the copy was begun with when its first
// documents still have it. Format: docs/guide/copy.md.
//
// Threads: free functions; the transaction's thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "base/hash.hpp"

namespace sheaf::engine {

struct CopyMark {
    std::int64_t rid = 0;  // of the last copied document, in the source
    std::int64_t documents = 0;
    Sha256 hash{};  // their DocumentChain
    bool operator==(const CopyMark&) const = default;
};

using CopyMarks = std::map<std::string, CopyMark>;  // by collection

// All throw corrupt for a table that sheaf has not written, unsupported for one of a newer sheaf.
CopyMarks read_marks(driver::Transaction& tx);
std::optional<CopyMark> read_mark(driver::Transaction& tx, const std::string& collection);
void write_mark(driver::Transaction& tx, const std::string& collection, const CopyMark& mark);
// The table goes with the last of them.
void remove_marks(driver::Transaction& tx, const std::vector<std::string>& collections);

}  // namespace sheaf::engine
