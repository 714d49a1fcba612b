// The `memory:` backend: a store that lives as long as its Backend. docs/adr/0004-memory-snapshots.md
//
// Copy-on-write trees: a read transaction pins a version of the store and never waits for anyone; one write transaction
// at a time builds the next version, which commit() publishes. Every `memory:` store is one of its own.
//
// Threads and lifetimes: as driver::Backend.
//
//     auto backend = sheaf::memory::open_memory();
//     auto transaction = backend->begin({.mode = sheaf::driver::Mode::write});
#pragma once

#include <memory>

#include <sheaf/driver/backend.hpp>
#include <sheaf/driver/registry.hpp>

namespace sheaf::memory {

std::unique_ptr<driver::Backend> open_memory();

// For a driver::Registry. Throws invalid_url when the URL has a path or parameters.
std::unique_ptr<driver::Backend> open_memory(driver::StoreUrl url);

}  // namespace sheaf::memory
