// copy() and compare(): one store into another, whatever backends they are on, and whether two stores hold the same.
//
// A copy has the ids, versions, times, archived documents, order of insertion, order of keys inside documents, and
// indexes of its source. It is made in batches; what an earlier call has left unfinished, the next one goes on with.
//
// Threads: free functions that work on the calling thread; others may use both stores meanwhile. Each call reads a
// store in one snapshot. Lifetime: the stores are borrowed for the call.
//
//     Database from = sheaf::open("app.db");
//     Database to = sheaf::open("bigger.db");
//     const CopyResult result = sheaf::copy(from, to);
//     if (!result.comparison->equal()) std::cerr << "somebody has written into the copy\n";
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/control.hpp>
#include <sheaf/database.hpp>

namespace sheaf {

enum class CopyStep : std::uint8_t {
    checking,  // that the source still has what an unfinished copy of it has taken
    copying,
    indexing,
    verifying,
};

// How far one collection is.
struct CopyProgress {
    CopyStep step = CopyStep::copying;
    std::string collection{};
    std::int64_t done = 0;   // documents
    std::int64_t total = 0;  // about
};

// A document that is not the same in both stores.
struct DocumentDifference {
    enum class Kind : std::uint8_t { missing, surplus, changed };  // as the second store has it
    Kind kind = Kind::changed;
    std::string id{};    // its _id as Extended JSON
    std::string what{};  // of a changed one, such as "body, version, updated"
};

struct CollectionComparison {
    // Of one store's collection.
    struct Side {
        bool exists = false;
        std::int64_t documents = 0;
        // 64 hexadecimal digits: a SHA-256 that goes on from document to document in the order of insertion, over key,
        // body, version, archived, created and updated. Format: docs/guide/copy.md.
        std::string hash{};
        bool operator==(const Side&) const = default;
    };
    std::string name{};
    Side first{};
    Side second{};
    std::int64_t missing = 0;  // documents that only the first store has
    std::int64_t surplus = 0;  // that only the second has
    std::int64_t changed = 0;
    bool same_order = true;                         // of insertion; asked where the documents are the same
    std::vector<DocumentDifference> differences{};  // the first ones by _id, at most 10
    // Names of indexes that only one store has, or that are defined otherwise; those being built do not count.
    std::vector<std::string> indexes{};

    bool equal() const { return first == second && indexes.empty(); }
};

struct CompareResult {
    std::vector<CollectionComparison> collections{};  // sorted by name
    bool equal() const;
};

struct CompareOptions {
    std::vector<std::string> collections{};  // empty: all that either store has
    std::function<void(const CopyProgress&)> progress{};
    Control control{};
};

// Reads all documents of both stores, and again those of collections that are not equal, in the order of their keys.
// Throws not_found for a named collection that neither store has.
CompareResult compare(const Database& first, const Database& second, const CompareOptions& options = {});

struct CopyOptions {
    std::vector<std::string> collections{};  // empty: all
    bool verify = true;                      // compares what was copied with its source
    // Drops the collections that an unfinished copy has begun, and begins anew. Not those that have more documents by
    // now, or fewer, than were copied: somebody uses them (conflict). Drop such a collection yourself.
    bool restart = false;
    // Called by the copying thread after each batch and now and then. What it throws ends the copy between two batches.
    std::function<void(const CopyProgress&)> progress{};
    Control control{};  // when it ends, everything up to the last batch is kept
};

struct CopiedCollection {
    std::string name{};
    std::int64_t documents = 0;
    std::int64_t resumed = 0;             // of them, those that an earlier call has copied
    std::vector<std::string> indexes{};   // names
    std::vector<std::string> left_out{};  // indexes that are still being built in the source
};

struct CopyResult {
    std::vector<CopiedCollection> collections{};  // sorted by name
    std::optional<CompareResult> comparison{};    // none: not asked for
    bool good() const { return !comparison || comparison->equal(); }
};

// The source is not changed. In the destination the collections must be missing or have no documents, unless they are
// this source's unfinished copy. Nothing else should write to them meanwhile, the expiry of documents included: the
// verification tells when that has happened. A copy is finished when it has been verified to be equal, or was not to
// be.
//
// Throws already_exists for collections that have documents, conflict when the unfinished copy is not of this source as
// it is now, or another copy() works on it, not_found for a named collection that the source has not, limit_exceeded
// for a document that the destination cannot hold, corrupt for a damaged one, and what inserts and the making of
// indexes throw. Everything up to the last batch is kept.
CopyResult copy(const Database& from, Database& to, const CopyOptions& options = {});

}  // namespace sheaf
