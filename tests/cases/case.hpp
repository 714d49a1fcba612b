// Case: one behaviour from tests/cases/*.json: documents that are there, what is done, what is expected.
//
//     {"about": "...", "cases": [
//         {"name": "...", "given": [{"_id": 1, "a": 5}], "do": {"op": "find", "filter": {"a": {"$gt": 4}}},
//          "expect": {"documents": [{"_id": 1, "a": 5}]}}]}
//
// given    documents in insertion order; they may bring _version and _archived (default 1 and false)
// do       one step, or an array of steps of which all but the last must succeed.
//          op: find count insert_one insert_many update_one update_many replace_one delete_one delete_many restore
//          purge distinct aggregate find_one_and_update find_one_and_replace find_one_and_delete; with filter update
//          (an object, or an array: a pipeline) array_filters let document documents sort project limit skip upsert
//          soft path pipeline return ("before" or "after") expected_version include_archived collection.
//          expected_version: a number, "exists", "absent" or "any".
// expect   documents   of a find or an aggregation its results; of a write what the collection holds afterwards, in
// insertion order.
//                      _version and _archived are compared where an expected document names them; a generated _id where
//                      none is named. "any_order": true compares as multisets, "include_archived": true looks at
//                      archived documents too.
//          values      of distinct
//          returned    of find_one_and_...: the document, or null for none; without its system fields
//          count, inserted, matched, modified, deleted, restored, purged: numbers; upserted: the id, or null for none
//          error       a code, with message: a part of the text, and actual_version. After an error the collection must
//                      be as it was.
// surfaces optional: ["api"] for what the command line cannot say
//
// Threads: plain values.
#pragma once

#include <string>
#include <vector>

#include <sheaf/value.hpp>

namespace sheaf::cases {

struct Case {
    std::string name;   // unique within all files, letters, digits and "_" only
    std::string title;  // file and name as written
    std::vector<Object> given{};
    std::vector<Object> steps{};
    Object expect{};
    bool on_command_line = true;
    std::string broken{};  // why the file or the case cannot be played; empty: it can
};

// All cases of the folder's *.json files, in order of the names. A file that cannot be read gives one broken case.
std::vector<Case> load_cases(const std::string& folder);

// A member, or null when there is none.
Value member(const Object& object, std::string_view key);
bool flag(const Object& object, std::string_view key);

}  // namespace sheaf::cases
