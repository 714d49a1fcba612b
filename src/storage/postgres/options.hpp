// What a postgres: URL says.
//
//     postgres://user:password@host1:5432,host2:5432/database?schema=sheaf&pool=16&...
//     postgresql:///database?host=/run/postgresql          (a unix socket)
//
// sheaf's own parameters, each with its default:
//     schema=sheaf          the schema in which the store lives; made when it is missing
//     durability=durable    or process: synchronous_commit=off, a crash of the server loses the last moments
//     pool=16               most connections
//     pool_timeout=5000     milliseconds that a call waits for one, and for a lock that another transaction holds
//     reconnect=30000       milliseconds in which a call tries again to reach a server; 0: it tries once
//     replicas=host,host    where reads that allow staleness go, to a standby if one of them is; none: to the same
//                           server as the others
//     notify=off            or on: each commit wakes up those who wait for changes
//     pushdown=on           or off: the server is asked for ranges of keys only; for tests
// All others (sslmode, sslrootcert, target_session_attrs, connect_timeout, ...) are libpq's and passed on to it.
// Where nothing else is said, target_session_attrs is read-write if several hosts are named, connect_timeout is 10 (for
// each of them), and a server that does not answer is taken for gone after half a minute (keepalives,
// tcp_user_timeout).
//
// Values without a thread contract.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <sheaf/driver/backend.hpp>
#include <sheaf/driver/registry.hpp>

namespace sheaf::postgres {

struct Options {
    std::string conninfo;          // for libpq; holds the password
    std::string replica_conninfo;  // empty: none
    std::string shown;             // for messages: without the password
    std::string schema = "sheaf";
    driver::Durability durability = driver::Durability::durable;  // or process
    std::size_t pool = 16;
    std::chrono::milliseconds pool_timeout{5'000};
    std::chrono::milliseconds reconnect{30'000};
    bool notify = false;
    bool pushdown = true;
    std::chrono::milliseconds patience{10'000};  // with a server that was told to cancel; not in the URL
};

// Throws invalid_url, with libpq's words for what is wrong with its parameters, never with a password.
Options parse_options(driver::StoreUrl url);

}  // namespace sheaf::postgres
