// What a comparison of two stores has found, for programs on standard output and for people on standard error.
#pragma once

#include <optional>
#include <sheaf/copy.hpp>
#include <string>
#include <vector>

#include "output.hpp"
#include "progress.hpp"

namespace sheaf::cli {

// A line for each collection, and a message for each that is not the same. Returns whether all are.
bool report(const CompareResult& result, Output& out);

// What is not the same, one thing a line; empty when everything is.
std::string difference_text(const CollectionComparison& collection);

// "users,orders"; none: empty, which stands for all.
std::vector<std::string> names_argument(const std::optional<std::string>& text);

// Progress of a copy or a comparison: a line for each step of each collection.
class StepProgress {
public:
    void show(const CopyProgress& progress);
    void clear() { line_.reset(); }

private:
    std::string shown_;
    std::optional<Progress> line_;
};

}  // namespace sheaf::cli
