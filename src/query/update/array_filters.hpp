// Array filters: [{"grade.points": {"$gte": 5}}] says which elements "$[grade]" means in the paths of an update.
//
// Threads: immutable but for use(), which belongs to parsing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/document.hpp>

#include "query/filter/filter.hpp"

namespace sheaf::query {

class ArrayFilter {
public:
    // The one name that all paths of the filter begin with. Throws with MongoDB's numbers.
    static ArrayFilter parse(const Document& filter, const Settings& settings);

    const std::string& name() const { return name_; }
    bool matches(const Value& element, std::size_t& encoded_bytes) const;  // adds to the bytes it had to encode

private:
    friend class ArrayFilters;
    ArrayFilter(std::string name, Filter filter) : name_(std::move(name)), filter_(std::move(filter)) {}

    std::string name_;
    Filter filter_;
    bool used_ = false;
};

class ArrayFilters {
public:
    ArrayFilters(std::span<const Document> filters, const Settings& settings);
    // Null when no filter has the name. Valid as long as this.
    const ArrayFilter* use(std::string_view name);
    // Throws for a filter that no path of the update has used.
    void check_all_used() const;

private:
    std::vector<ArrayFilter> filters_;
};

}  // namespace sheaf::query
