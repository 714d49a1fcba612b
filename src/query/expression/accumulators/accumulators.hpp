// The accumulators themselves, one factory per operator; accumulator.cpp has the table and reads specifications.
// Threads: free functions.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "query/expression/accumulators/accumulator.hpp"

namespace sheaf::query {

// Numbers from 0 to 1, which many accumulators share.
using Probabilities = std::shared_ptr<const std::vector<double>>;

// What they are made of, beside their kind.
struct AccumulatorSettings {
    std::size_t n = 1;              // $firstN, $topN, ...: how many values are kept
    Probabilities probabilities{};  // $percentile
};

using MakeAccumulator = AccumulatorPtr (*)(const AccumulatorSettings& settings);

// accumulators_numeric.cpp: values that are no numbers are ignored.
AccumulatorPtr make_sum(const AccumulatorSettings&);
AccumulatorPtr make_average(const AccumulatorSettings&);
AccumulatorPtr make_population_deviation(const AccumulatorSettings&);
AccumulatorPtr make_sample_deviation(const AccumulatorSettings&);

// accumulators_ranked.cpp: which values come first or last, as they arrive or by an order.
AccumulatorPtr make_first(const AccumulatorSettings&);
AccumulatorPtr make_last(const AccumulatorSettings&);
AccumulatorPtr make_min(const AccumulatorSettings&);
AccumulatorPtr make_max(const AccumulatorSettings&);
AccumulatorPtr make_first_n(const AccumulatorSettings&);
AccumulatorPtr make_last_n(const AccumulatorSettings&);
AccumulatorPtr make_min_n(const AccumulatorSettings&);
AccumulatorPtr make_max_n(const AccumulatorSettings&);
// Their values are arrays of a key (bytes) and what to keep.
AccumulatorPtr make_top(const AccumulatorSettings&);
AccumulatorPtr make_bottom(const AccumulatorSettings&);
AccumulatorPtr make_top_n(const AccumulatorSettings&);
AccumulatorPtr make_bottom_n(const AccumulatorSettings&);

// accumulators_collecting.cpp
AccumulatorPtr make_push(const AccumulatorSettings&);
AccumulatorPtr make_add_to_set(const AccumulatorSettings&);
AccumulatorPtr make_concat_arrays(const AccumulatorSettings&);
AccumulatorPtr make_set_union(const AccumulatorSettings&);
AccumulatorPtr make_merge_objects(const AccumulatorSettings&);

// accumulators_percentile.cpp
AccumulatorPtr make_percentile(const AccumulatorSettings&);
AccumulatorPtr make_median(const AccumulatorSettings&);
// The p of $percentile. Throws 7750301 to 7750303.
Probabilities read_probabilities(View probabilities, std::string_view op);
// Throws 2 for a method other than "approximate".
void check_percentile_method(View method, std::string_view op);

}  // namespace sheaf::query
