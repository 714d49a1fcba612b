// CollectionDescription: what a collection says about itself: the fields that its documents have, its indexes, its
// flags.
//
// Values; threads: as any value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sheaf/index.hpp>

namespace sheaf {

struct FieldDescription {
    std::string path{};                // dotted; elements of arrays count as their array's field
    std::vector<std::string> types{};  // seen there, by their names, sorted
    std::int64_t documents = 0;        // of the sampled ones, that have it
};

struct CollectionDescription {
    std::string name{};
    std::int64_t documents = 0;              // about
    std::int64_t sampled = 0;                // documents that `fields` comes from
    std::vector<FieldDescription> fields{};  // sorted by path
    std::vector<IndexInfo> indexes{};        // without that of _id, which every collection has
    bool has_archived = false;               // has ever had a soft-deleted document
    Document to_document() const;
};

struct DescribeOptions {
    std::int64_t sample = 1000;  // documents to look at, the first ones; 0: all
    Control control{};
};

}  // namespace sheaf
