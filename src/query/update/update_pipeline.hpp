// A pipeline as an update: [{"$set": {"total": {"$add": ["$price", "$tax"]}}}, {"$unset": "tax"}]. Each stage makes the
// next document out of the one before.
//
// Threads: immutable after parsing.
#pragma once

#include <memory>
#include <vector>

#include "query/projection/transform.hpp"

namespace sheaf::query {

class UpdatePipeline {
public:
    // Throws invalid_update or invalid_argument with MongoDB's number: 72 for a stage that has no place in an update,
    // 40324 for an unknown one.
    static UpdatePipeline parse(View stages, const Settings& settings);

    // The computed document as it is, unchecked.
    Bytes apply(View document, const Limits& limits) const;

private:
    std::unique_ptr<const Bytes> source_;  // which the stages borrow from
    std::vector<TransformPtr> stages_;
};

}  // namespace sheaf::query
