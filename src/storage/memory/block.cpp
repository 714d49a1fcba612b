#include "storage/memory/block.hpp"

namespace sheaf::memory {

void Workspace::retire(Block* block) {
    if (block->born < first_) {
        retired_.push_back(block);
    } else if (cursors_ > 0) {
        own_retired_.push_back(block);
    } else {
        discard(block);
    }
}

void Workspace::discard(Block* block) noexcept {
    bytes_ -= block->size;
    free_block(block);
}

void Workspace::freeze() {
    ++cursors_;
    mutable_from_ = ++stamp_;
}

void Workspace::thaw() noexcept {
    if (--cursors_ > 0) return;
    mutable_from_ = first_;
    free_own_retired();
}

void Workspace::free_own_retired() noexcept {
    for (Block* block : own_retired_) discard(block);
    own_retired_.clear();
}

Block* Workspace::replace(Block* old) {
    auto* copy = static_cast<Block*>(::operator new(old->size));
    std::memcpy(static_cast<void*>(copy), static_cast<const void*>(old), old->size);
    copy->born = stamp_;
    bytes_ += copy->size;
    try {
        retire(old);
    } catch (...) {
        discard(copy);
        throw;
    }
    return copy;
}

}  // namespace sheaf::memory
