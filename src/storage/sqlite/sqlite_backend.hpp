// The `sqlite:` backend: a store in one SQLite file, for one or several processes. Format: docs/formats/sqlite.md.
//
//     sqlite:FILE?durability=durable|process&busy_timeout=MILLISECONDS
//
// durable (the default) is synchronous=FULL: a committed write survives a power cut. process is synchronous=NORMAL: it
// survives the death of the process. busy_timeout (5000) is how long a write waits for another writer.
//
// Threads: as the contract says. The file must not be moved, replaced or deleted while it is open, nor a handle be used
// in a process that was forked from the one that opened it.
#pragma once

#include <memory>

#include <sheaf/driver/backend.hpp>
#include <sheaf/driver/registry.hpp>

#include "storage/sqlite/connection.hpp"

namespace sheaf::sqlite {

// Throws invalid_url, io, corrupt, unsupported, busy.
std::unique_ptr<driver::Backend> open_sqlite(driver::StoreUrl url);

// The same with options that a URL cannot give, for tests.
std::unique_ptr<driver::Backend> open_sqlite(const StoreOptions& options);

}  // namespace sheaf::sqlite
