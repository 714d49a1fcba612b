// Explanation: how a query is answered, and what that has cost.
//
//     Explanation how = users.explain(R"({"age": {"$gte": 18}})"_json, {.sort = R"({"name": 1})"_json});
//     std::cout << how.to_document().to_json() << '\n';
//
// Values; threads: as any value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/results.hpp>

namespace sheaf {

enum class Verify : bool { no, yes };

struct ExplainOptions {
    Document sort{};
    std::int64_t limit = 0;
    std::int64_t skip = 0;
    Archived archived = Archived::exclude;
    std::string hint{};
    Document let{};
    // Also runs the query without indexes and without the backend's own engine, and compares the results.
    Verify verify = Verify::no;
    Control control{};
};

// One way into the documents. A query has several where an $or is answered by one index for each of its branches.
struct AccessPath {
    enum class Kind : std::uint8_t {
        scan,   // all documents, in insertion order
        ids,    // gets by _id
        index,  // ranges of an index, or of _id (index "_id_")
    };
    Kind kind = Kind::scan;
    std::string index{};                // its name
    Document keys{};                    // of the index
    std::vector<std::string> bounds{};  // of each field that narrows: "age: [18, Infinity)"
    std::string direction = "forward";
    bool exact = false;           // the index decides alone; else the filter is put to every document
    std::int64_t ranges = 0;      // of keys
    std::int64_t estimated = -1;  // entries that the planner has reckoned with; -1: it did not need to
    std::string pushed{};         // what the backend's own engine checks before it hands over a document
    bool pushed_whole = false;    // that says all that the filter says
};

struct Explanation {
    std::vector<AccessPath> paths{};
    std::string sort = "none";       // "none", "index", "index, ties by _id", "memory", "top 10"...
    std::string narrowed_by{};       // "index", "index and filter", "filter in the backend", ...
    std::string reason{};            // why this plan
    std::int64_t keys_examined = 0;  // index entries
    std::int64_t documents_examined = 0;
    std::int64_t returned = 0;
    std::chrono::nanoseconds time{};
    struct Considered {
        std::string index{};
        std::int64_t estimated = -1;
        std::string verdict{};
    };
    std::vector<Considered> considered{};  // the other indexes, and why not
    std::optional<bool> verified{};        // with Verify::yes: whether both gave the same documents
    std::string difference{};              // where they did not
    Document to_document() const;
};

}  // namespace sheaf
