// What indexes there ought to be, what they ought to hold, and whether they allow a change.
//
// Threads: one at a time; a copy is a snapshot.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/collection.hpp>
#include <sheaf/index.hpp>
#include <sheaf/value.hpp>

#include "indexes/naive_keys.hpp"

namespace sheaf::indexes {

struct ModelIndex {
    explicit ModelIndex(const Object& definition);
    IndexDefinition definition{};
    std::string name{};
    std::vector<std::string> paths{};
    bool counted = true;  // its keys can be worked out by hand

    // Written out here, not asked of the library.
    bool same_definition(const ModelIndex& other) const;
    // Whether every document is in it.
    bool complete() const { return !definition.options.sparse && !definition.options.partial; }
};

// The keys of one index, by the encoded _id of their document.
using IndexContent = std::map<Bytes, NaiveKeys>;
// Of the documents that the collection has, archived ones included. The collection is one without indexes.
IndexContent content_of(const ModelIndex& index, const Collection& collection);

// MongoDB's numbers of the errors that an index has to give, or may give, for what the collection holds now.
struct Ruling {
    std::set<int> certain{};
    std::set<int> possible{};  // depends on the order in which many documents are changed
    bool refuses() const { return !certain.empty(); }
    bool allows(int error) const { return certain.contains(error) || possible.contains(error); }
};
inline constexpr int duplicate_key_number = 11000;
inline constexpr int parallel_arrays_number = 171;
Ruling judge(const ModelIndex& index, const IndexContent& before, const IndexContent& after);

class IndexModel {
public:
    using Contents = std::vector<IndexContent>;  // in the order of indexes()

    const std::vector<ModelIndex>& indexes() const { return indexes_; }  // by name
    const ModelIndex* find(std::string_view name) const;
    // One with the same definition, under whatever name, or null.
    const ModelIndex* like(const ModelIndex& index) const;
    void add(ModelIndex index);
    void remove(std::string_view name);
    void clear() { indexes_.clear(); }

    Contents contents(const Collection& collection) const;
    Ruling judge(const Contents& before, const Contents& after) const;

private:
    std::vector<ModelIndex> indexes_;
};

}  // namespace sheaf::indexes
