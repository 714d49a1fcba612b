// Connecting to a server: host by host, each no longer than connect_timeout, all of it bounded by a Control. (libpq
// heeds connect_timeout only where it blocks.) The resolving of host names is libpq's, and blocks.
//
// Threads: free functions.
#pragma once

#include <memory>
#include <string>

#include <sheaf/control.hpp>

#include "storage/postgres/waiter.hpp"

struct pg_conn;

namespace sheaf::postgres {

struct CloseConnection {
    void operator()(pg_conn* connection) const noexcept;
};
using ConnectionHandle = std::unique_ptr<pg_conn, CloseConnection>;

// A connection that is non-blocking and in pipeline mode. Throws `unavailable` where another attempt may succeed,
// `busy` when the server has no connection left, and unauthorized, invalid_url or unsupported where it will not.
ConnectionHandle connect_to_server(const std::string& conninfo, Waiter& waiter, const Control& control);

}  // namespace sheaf::postgres
