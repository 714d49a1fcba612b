// The `postgres:` backend: a store in a schema of a PostgreSQL server, for many machines. Format:
// docs/formats/postgres.md; URL: options.hpp; for users: docs/guide/postgres.md.
//
// Threads: as the contract says; each transaction has a connection of its own from a pool.
#pragma once

#include <memory>

#include <sheaf/driver/backend.hpp>
#include <sheaf/driver/registry.hpp>

#include "storage/postgres/options.hpp"

namespace sheaf::postgres {

// Throws invalid_url, unavailable, unsupported, corrupt, unauthorized...
std::unique_ptr<driver::Backend> open_postgres(driver::StoreUrl url);

// How many statements a backend's connections have sent, for tests. REQUIRES: one made by open_postgres().
std::uint64_t statements_sent(const driver::Backend& backend);

}  // namespace sheaf::postgres
