// Ids in a random order in which they are asked for, made ahead, so that reading them costs no contender a cache miss.
// Threads: free functions.
#pragma once

#include <random>
#include <vector>

#include "bench/documents.hpp"

namespace sheaf::bench {

inline constexpr std::size_t gets_per_iteration = 1000;

template <class Id>
std::vector<Id> random_ids(const std::vector<Sample>& samples) {
    std::mt19937_64 random(7);
    std::vector<Id> chosen;
    for (std::size_t i = 0; i < 64 * gets_per_iteration; ++i)
        chosen.emplace_back(samples[random() % samples.size()].id);
    return chosen;
}

}  // namespace sheaf::bench
