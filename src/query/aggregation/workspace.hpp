// Workspace: what the streams of one opened pipeline share: the evaluations that transform documents, the Control, and
// the count of the bytes that all of them hold. Buffer: a counted document that a stream lends until its next one.
//
// Threads: one at a time. Lifetime: outlives the streams and their Buffers; borrows the limits and the Control.
//
//     Buffer lent(workspace);                       // member of a stream
//     return lent.copy(workspace.transform(transforms, document));
#pragma once

#include <cstddef>
#include <vector>

#include <sheaf/bytes.hpp>
#include <sheaf/control.hpp>
#include <sheaf/limits.hpp>

#include "query/projection/transform.hpp"

namespace sheaf::query {

class Workspace {
public:
    Workspace(const Limits& limits, const Control* control);
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    const Limits& limits() const { return limits_; }
    const Control* control() const { return control_; }  // null: no deadline
    // Throws deadline_exceeded or cancelled. For every document of a stage that collects or multiplies.
    void check() const {
        if (control_ != nullptr) control_->check();
    }
    // Throws limit_exceeded (MongoDB's 10334) for a document that is larger than one between stages may be.
    void check_between(View document) const;
    // The same for one that leaves the pipeline.
    void check_result(View document) const;

    // One after the other. The result is valid until the next call.
    View transform(const std::vector<TransformPtr>& transforms, View document);

private:
    friend class Buffer;
    void count(std::size_t before, std::size_t after);

    const Limits& limits_;
    const Control* control_;
    Evaluation evaluations_[2];  // they take turns: the one reads what the other made
    std::size_t held_ = 0;
};

class Buffer {
public:
    explicit Buffer(Workspace& workspace) : workspace_(workspace) {}
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { workspace_.held_ -= counted_; }

    // Emptied, to be written; then call written().
    Bytes& begin();
    // Throws limit_exceeded when the streams of the pipeline hold too much.
    View written();
    View copy(View document);

private:
    Workspace& workspace_;
    Bytes bytes_;
    std::size_t counted_ = 0;
};

}  // namespace sheaf::query
