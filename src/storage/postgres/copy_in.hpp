// COPY ... FROM STDIN (FORMAT binary): outside of the pipeline mode, which libpq does not offer it in.
//
// Threads: free functions.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <sheaf/control.hpp>

#include "storage/postgres/postgres_error.hpp"
#include "storage/postgres/server_wait.hpp"

namespace sheaf::postgres {

// As Connection::copy_in(), but returns what the server says. REQUIRES: nothing is queued.
std::optional<PostgresError> copy_in(pg_conn* connection, const std::string& sql,
                                     const std::function<bool(std::string& data)>& data, ServerWait& wait,
                                     const Control& control);

}  // namespace sheaf::postgres
