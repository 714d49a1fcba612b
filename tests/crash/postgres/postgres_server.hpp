// PostgresServer: a private PostgreSQL server that a test starts, crashes, restarts and promotes. It syncs, and listens
// on a unix socket in its own folder only. Runs as the user "postgres" where the test runs as root.
//
// Threads: one at a time. The server and its data are gone when it ends.
//
//     PostgresServer server;
//     server.start();
//     Database database = open(url_of({&server}));
//     server.crash();
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "support/temp_dir.hpp"

namespace sheaf::crash {

class PostgresServer {
public:
    PostgresServer();  // with an empty database
    // A copy of a running server that follows it as a standby.
    explicit PostgresServer(const PostgresServer& primary);
    ~PostgresServer();
    PostgresServer(const PostgresServer&&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    // Throws std::runtime_error with the server's log when it does not come up. Settings are name=value.
    void start(std::vector<std::string> settings = {});
    void crash();    // without a checkpoint and without a word to its clients
    void promote();  // of a standby; returns when it takes writes
    // Runs a statement and returns its output.
    std::string sql(const std::string& statement) const;
    // From now on commits wait for a standby to have them; returns when one follows.
    void wait_for_standby();

    const std::string& folder() const { return folder_; }  // of the socket

private:
    std::string run(std::vector<std::string> command) const;

    testing_support::TempDir dir_;
    std::string folder_;
    std::string data_;
    bool running_ = false;
};

// A URL that names these servers in their order.
std::string url_of(std::initializer_list<const PostgresServer*> servers);

}  // namespace sheaf::crash
