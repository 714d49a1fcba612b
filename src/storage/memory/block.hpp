// Block and Workspace: how the memory backend holds its tree nodes, rows, tables and versions.
//
// Every piece of a store is one allocation that begins with a Block. A published block never changes. `born` is the
// stamp (a counter of the store) at which it was made; the transaction that replaces or removes a block retires it, and
// Snapshots frees it when no pinned version can see it any more. There are no reference counts: reading touches
// nothing.
//
// A Workspace is one write transaction's view of that: what it made itself it may change in place; the rest it copies.
// While cursors of the transaction are open it is frozen: everything made before counts as published, so that a cursor
// sees the state at scan() and its nodes stay where they are.
//
// Threads: a Workspace serves one thread at a time. Blocks are plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <vector>

namespace sheaf::memory {

using Stamp = std::uint64_t;

struct Block {
    Stamp born = 0;
    std::size_t size = 0;  // of the whole allocation
};

// Every kind of block is trivially destructible, so that none needs to know which it is when it goes.
inline void free_block(Block* block) noexcept {
    ::operator delete(static_cast<void*>(block));
}

class Workspace {
public:
    // `first`: the stamp after that of the version on which the transaction builds.
    explicit Workspace(Stamp first) : first_(first), mutable_from_(first), stamp_(first) {}
    ~Workspace() { free_own_retired(); }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    // A new block with `extra` bytes after T. The caller fills them.
    template <class T>
    T* make(std::size_t extra = 0) {
        static_assert(std::is_base_of_v<Block, T> && std::is_trivially_copyable_v<T>);
        const std::size_t size = sizeof(T) + extra;
        T* block = new (::operator new(size)) T;
        block->born = stamp_;
        block->size = size;
        bytes_ += size;
        return block;
    }

    // The block in `slot`, replaced by a copy unless it is this transaction's to change.
    template <class T>
    T* own(T*& slot) {
        if (slot->born < mutable_from_) slot = static_cast<T*>(replace(slot));
        return slot;
    }

    // The block is no longer part of the transaction's state. It stays readable for older versions and open cursors.
    void retire(Block* block);

    // Frees a block of this transaction that nothing has ever seen.
    void discard(Block* block) noexcept;

    void freeze();  // a cursor opened
    void thaw() noexcept;

    Stamp first() const { return first_; }
    Stamp stamp() const { return stamp_; }
    // Blocks of older versions that the transaction's result does not hold.
    std::vector<Block*>& retired() { return retired_; }
    // Bytes made minus bytes freed by this workspace so far.
    std::int64_t bytes() const { return static_cast<std::int64_t>(bytes_); }
    void free_own_retired() noexcept;

private:
    Block* replace(Block* old);

    Stamp first_;
    Stamp mutable_from_;
    Stamp stamp_;
    std::size_t cursors_ = 0;
    std::size_t bytes_ = 0;  // wraps below zero, as unsigned arithmetic does
    std::vector<Block*> retired_;
    std::vector<Block*> own_retired_;  // made and retired by this transaction while a cursor was open
};

}  // namespace sheaf::memory
