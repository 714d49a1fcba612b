// open(): from a URL to a Database.
//
//   memory:                         gone when closed
//   sqlite:FILE[?durability=...]    durable (default; synchronous=FULL) or process (synchronous=NORMAL: survives a
//                                   crash of the process, not a power cut)
//   FILE                            the same as sqlite:FILE
//   postgres://USER@HOST/DATABASE   a PostgreSQL server; postgresql:// is the same. Parameters: docs/guide/postgres.md
//
// Unknown schemes and parameters are refused. The file is created when it does not exist, its folder is not; nor is a
// server's database, but the schema in it.
//
//     sheaf::Database database = sheaf::open("app.db");
//     sheaf::Database scratch = sheaf::open("memory:");
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include <sheaf/database.hpp>
#include <sheaf/driver/registry.hpp>
#include <sheaf/limits.hpp>

namespace sheaf {

struct OpenOptions {
    Limits limits{};
    const driver::Registry* registry = nullptr;  // null: default_registry(); used during the call only
    // How often a thread of the Database removes documents whose time is over (Collection::expire); zero: never, the
    // program calls it.
    std::chrono::milliseconds expire_every{0};
};

Database open(std::string_view url, const OpenOptions& options = {});  // throws invalid_url, io, corrupt, busy
// A Database on a backend that the caller has made.
Database open(std::unique_ptr<driver::Backend> backend, const OpenOptions& options = {});

driver::Registry default_registry();

}  // namespace sheaf
