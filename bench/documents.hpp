// The documents that the benchmarks use: about 300 bytes of JSON, user-like, the same in every run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/document.hpp>

namespace sheaf::bench {

struct Sample {
    std::string id;  // time-ordered, 36 characters, as sheaf makes them
    std::string json;
    Document document;
};

// `count` documents; `first` shifts their ids, so that batches of one benchmark do not collide.
std::vector<Sample> make_samples(std::size_t count, std::size_t first = 0);

inline constexpr std::string_view rare_tag = "x";  // of one document in a hundred

// Matches about 2 % of the samples, by a range and a nested equality.
Document two_field_filter();

}  // namespace sheaf::bench
