// Indexes: what they are made of, and what the calls about them take and return.
//
// An index holds the values at one or more paths in order, so that finds, counts and sorts need not look at every
// document. Arrays are held by their elements (a multikey index). Its entries change in the same transaction as the
// documents. The definition is recorded whole; an index is never trusted by its name.
//
//     Collection users = database.collection("users");
//     users.create_index(R"({"email": 1})"_json, {.unique = true});
//     users.create_index(R"({"address.city": 1, "age": -1})"_json);
//     users.create_index(R"({"seen": 1})"_json, {.expire_after = std::chrono::hours(24)});
//
// Values; threads: as any value.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/control.hpp>
#include <sheaf/document.hpp>

namespace sheaf {

// What MongoDB calls the options of an index.
struct IndexOptions {
    std::string name{};  // empty: "a_1_b.c_-1" of the keys {"a": 1, "b.c": -1}
    bool unique = false;
    // Of a unique index: documents in which one of the fields is null or missing do not conflict (as in SQL). MongoDB's
    // rule, the default, takes null for a value like others: one document may be without it.
    bool nulls_distinct = false;
    bool sparse = false;                // leaves out documents that have none of the fields
    std::optional<Document> partial{};  // a filter: leaves out what it does not match
    // Documents are removed by Collection::expire() when the date in the field (of one field; of an array the earliest
    // date) is older. A multiple of a second, as in MongoDB.
    std::optional<std::chrono::seconds> expire_after{};
};

struct IndexDefinition {
    Document keys{};  // {"a": 1, "b.c": -1}
    IndexOptions options{};
    // The same keys in the same order and directions, and the same options; names are not compared.
    bool same_as(const IndexDefinition& other) const;
    std::string name() const;  // the given one, or the one made of the keys
};

enum class IndexState : std::uint8_t {
    building,  // is written to but not used yet; its building was interrupted, or goes on
    ready,
};

struct IndexInfo {
    std::string name{};
    IndexDefinition definition{};
    IndexState state = IndexState::ready;
    bool multikey = false;      // has held an array since it was built
    std::int64_t entries = -1;  // -1: not counted
    // {"v": 2, "key": {...}, "name": ..., "unique": true, ...} as MongoDB lists it.
    Document to_document() const;
};

// How far the building of an index is.
struct BuildProgress {
    std::int64_t done = 0;   // documents
    std::int64_t total = 0;  // about
};

struct BuildOptions {
    Control control{};                                     // when it ends, what this call has built is taken back
    std::function<void(const BuildProgress&)> progress{};  // called by the building thread, now and then
};

// What ensure_index() found.
enum class IndexChange : std::uint8_t {
    none,  // it was there as wanted
    created,
    resumed,  // an interrupted building of the same definition was finished
    rebuilt,  // one of that name was there with another definition
};

enum class DryRun : bool { no, yes };

struct StaleIndexes {
    std::vector<std::string> dropped{};
    std::vector<std::string> kept{};
};

// What verify_index() found: entries that a document calls for and the index has not, and the other way round.
struct IndexCheck {
    std::string name{};
    std::int64_t documents = 0;
    std::int64_t entries = 0;
    std::int64_t missing = 0;
    std::int64_t orphaned = 0;
    bool good() const { return missing == 0 && orphaned == 0; }
};

}  // namespace sheaf
