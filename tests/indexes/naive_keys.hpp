// What an index ought to hold of a document, worked out by hand over trees of values, without a look at the real thing:
// MongoDB's rules, but for paths with numbers in them (naive_keys knows no positions in arrays).
//
// Threads: free functions; values.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/value.hpp>

namespace sheaf::indexes {

// One value per field, encoded; an empty text stands for an empty array.
using NaiveKey = std::vector<Bytes>;

// 5 and 5.0 are the same.
struct NaiveLess {
    bool operator()(const NaiveKey& a, const NaiveKey& b) const;
};
using NaiveKeySet = std::set<NaiveKey, NaiveLess>;

struct NaiveKeys {
    NaiveKeySet keys{};
    bool parallel = false;  // the fields lead into different arrays: no index holds such a document
    bool multikey = false;  // there is an array on the way
    bool has_null = false;  // a key has a part that is null, missing or of an empty array
};

NaiveKeys naive_keys(const Object& document, const std::vector<std::string>& paths, bool sparse);

bool has_position(const std::string& path);

}  // namespace sheaf::indexes
