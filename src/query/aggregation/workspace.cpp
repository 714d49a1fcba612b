#include "query/aggregation/workspace.hpp"

#include <string>

#include <sheaf/error.hpp>

#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// Between stages a document may be larger than one that is stored: MongoDB leaves it room as well.
constexpr std::size_t room_between_stages = 4;

void check_size(View document, std::size_t most) {
    constexpr int object_too_large = 10334;
    const std::size_t size = document.encoded().size();
    if (size <= most) return;
    fail(Code::limit_exceeded, object_too_large,
         "a computed document of " + std::to_string(size) + " bytes is over the limit of " + std::to_string(most), {});
}

}  // namespace

Workspace::Workspace(const Limits& limits, const Control* control)
    : limits_(limits), control_(control), evaluations_{{limits, View()}, {limits, View()}} {
    for (Evaluation& evaluation : evaluations_) evaluation.set_control(control);
}

void Workspace::check_between(View document) const {
    const std::size_t most = limits_.document_bytes;
    check_size(document, most > SIZE_MAX / room_between_stages ? SIZE_MAX : most * room_between_stages);
}

void Workspace::check_result(View document) const {
    check_size(document, limits_.document_bytes);
}

View Workspace::transform(const std::vector<TransformPtr>& transforms, View document) {
    std::size_t turn = 0;
    for (const TransformPtr& transform : transforms) {
        Evaluation& evaluation = evaluations_[turn];
        evaluation.restart(document);
        document = transform->apply(evaluation);
        check_between(document);
        // A part of the document before would go with the evaluation that made it.
        if (!evaluation.scratch().holds(document)) document = evaluation.scratch().copy(document);
        turn = 1 - turn;
    }
    return document;
}

void Workspace::count(std::size_t before, std::size_t after) {
    const std::size_t others = held_ - before;
    if (after > limits_.pipeline_bytes || others > limits_.pipeline_bytes - after) {
        fail(Code::limit_exceeded, 292,
             "the stages of a pipeline hold more than " + std::to_string(limits_.pipeline_bytes) +
                 " bytes of documents; make them smaller by a $project before",
             {});
    }
    held_ = others + after;
}

// Lets go of what one huge document took.
Bytes& Buffer::begin() {
    constexpr std::size_t kept_capacity = std::size_t{1} << 16;
    if (bytes_.capacity() > kept_capacity) Bytes().swap(bytes_);
    bytes_.clear();
    return bytes_;
}

View Buffer::written() {
    const std::size_t capacity = bytes_.capacity();
    workspace_.count(counted_, capacity);
    counted_ = capacity;
    return View(bytes_);
}

View Buffer::copy(View document) {
    begin().append(document.encoded());
    return written();
}

}  // namespace sheaf::query
