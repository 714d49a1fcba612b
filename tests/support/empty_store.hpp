// EmptyStore: a URL of a new store of a backend, made as fast as it can be made, for tests of answers rather than of
// durability. What was stored there is removed when the test ends.
//
// Backends: "memory" (each open() gives another store), "sqlite", "postgres", and "postgres_plain": the same without
// pushdown, when the server is asked for rows by key and index only.
//
// Threads: like a string. Lifetime: stores inside must be closed before it ends.
//
//     const EmptyStore place("sqlite");
//     auto database = sheaf::open(place.url());
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "support/postgres_schema.hpp"
#include "support/temp_dir.hpp"

namespace sheaf::testing_support {

class EmptyStore {
public:
    // Throws std::invalid_argument for another backend, std::runtime_error where there is no server.
    explicit EmptyStore(std::string_view backend);

    const std::string& url() const { return url_; }
    // Whether a store is there for the next open().
    bool is_lasting() const { return folder_ || schema_; }
    // The same URL for many threads and processes at once, which wait long for each other.
    std::string patient_url() const;

private:
    std::optional<TempDir> folder_{};
    std::optional<PostgresSchema> schema_{};
    std::string url_;
};

}  // namespace sheaf::testing_support
