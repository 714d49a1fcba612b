// Ids in a random order in which they are asked for, made ahead, so that reading them costs no contender a cache miss.
// Threads: free functions.
#pragma once

#include <random>
#include <vector>

#include "bench/documents.hpp"

namespace sheaf::bench {

inline constexpr std::size_t gets_per_iteration = 1000;

// The function gives the id of a number below `count`.
template <class Id, class IdOf>
std::vector<Id> random_ids(std::size_t count, IdOf id_of) {
    std::mt19937_64 random(7);
    std::vector<Id> chosen;
    for (std::size_t i = 0; i < 64 * gets_per_iteration; ++i) chosen.emplace_back(id_of(random() % count));
    return chosen;
}

template <class Id>
std::vector<Id> random_ids(const std::vector<Sample>& samples) {
    return random_ids<Id>(samples.size(), [&](std::size_t number) { return samples[number].id; });
}

}  // namespace sheaf::bench
