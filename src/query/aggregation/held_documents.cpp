#include "query/aggregation/held_documents.hpp"

#include <algorithm>
#include <string>

#include <sheaf/error.hpp>

#include "query/operand.hpp"

namespace sheaf::query {

void HeldDocuments::add(Bytes key, View document) {
    if (wanted_ == 0) return;
    const auto size_of = [](const Held& held) { return held.key.size() + held.body.size() + sizeof(Held); };
    const bool bounded = wanted_ != UINT64_MAX;
    if (held_.size() == wanted_) {
        if (key >= held_.front().key) return;
        std::pop_heap(held_.begin(), held_.end());
        bytes_ -= size_of(held_.back());
        held_.pop_back();
    }
    held_.push_back({std::move(key), arrivals_++, Bytes(document.encoded())});
    bytes_ += size_of(held_.back());
    if (bytes_ > limits_.sort_bytes) {
        const std::string name(op_);
        fail(Code::limit_exceeded, 292,
             name + " holds more than " + std::to_string(limits_.sort_bytes) +
                 " bytes; give a $limit after it, or a $match or $project before it",
             {}, op_);
    }
    if (bounded) std::push_heap(held_.begin(), held_.end());
}

void HeldDocuments::sort() {
    std::sort(held_.begin(), held_.end());
}

bool HeldDocuments::next(View& document) {
    if (next_ == held_.size()) return false;
    current_ = std::move(held_[next_++].body);
    document = View(current_);
    return true;
}

}  // namespace sheaf::query
