// PostgresSchema: a place of its own for one store on the tests' PostgreSQL server, removed with everything in it when
// the test ends. tools/with_postgres starts the server and names it in SHEAF_TEST_POSTGRES.
//
// Threads: like a string. Lifetime: stores inside must be closed before it ends.
//
//     PostgresSchema schema;
//     auto database = sheaf::open(schema.url("pushdown=off"));
#pragma once

#include <string>
#include <string_view>

namespace sheaf::testing_support {

// The server's URL. Throws std::runtime_error where there is none: such a test must not pass by doing nothing.
std::string postgres_server();

// The first column of the last row that a statement gives, "" for none; on a connection of its own, as the server's
// superuser. Throws std::runtime_error with the server's words.
std::string postgres_query(std::string_view sql);

class PostgresSchema {
public:
    PostgresSchema();
    ~PostgresSchema();
    PostgresSchema(const PostgresSchema&) = delete;
    PostgresSchema& operator=(const PostgresSchema&) = delete;

    const std::string& name() const { return name_; }
    // For open(); more parameters as they stand in a URL.
    std::string url(std::string_view parameters = "") const { return url_as("sheaf", parameters); }
    // The same for another role of the server's.
    std::string url_as(std::string_view role, std::string_view parameters = "") const;

private:
    std::string name_;
};

}  // namespace sheaf::testing_support
