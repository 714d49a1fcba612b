#include "crash/postgres/postgres_server.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include "support/process.hpp"

namespace sheaf::crash {

namespace {

std::string program(const std::string& name) {
    const char* const folder = std::getenv("POSTGRES_BIN");
    return (folder == nullptr ? std::string("/usr/lib/postgresql/15/bin") : std::string(folder)) + "/" + name;
}

std::string text_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

PostgresServer::PostgresServer() : folder_(dir_.path("")), data_(dir_.path("data")) {
    folder_.pop_back();
    if (::getuid() == 0) testing_support::run({"/bin/chown", "postgres", folder_});
    run({program("initdb"), "--pgdata", data_, "--username", "sheaf", "--auth", "trust", "--encoding", "UTF8",
         "--locale", "C.UTF-8", "--no-sync"});
}

PostgresServer::PostgresServer(const PostgresServer& primary) : folder_(dir_.path("")), data_(dir_.path("data")) {
    folder_.pop_back();
    if (::getuid() == 0) testing_support::run({"/bin/chown", "postgres", folder_});
    run({program("pg_basebackup"), "--pgdata", data_, "--write-recovery-conf", "--wal-method", "stream", "--checkpoint",
         "fast", "--host", primary.folder_, "--username", "sheaf", "--no-sync"});
}

PostgresServer::~PostgresServer() {
    if (!running_) return;
    try {
        crash();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
    }
}

// As a user who may run a server; throws with the program's words when it fails.
std::string PostgresServer::run(std::vector<std::string> command) const {
    if (::getuid() == 0) {
        const std::vector<std::string> as{"/usr/sbin/runuser", "--user", "postgres", "--"};
        command.insert(command.begin(), as.begin(), as.end());
    }
    testing_support::Ran ran = testing_support::run(command);
    if (ran.exit_code != 0) {
        throw std::runtime_error("a command of PostgreSQL failed: " + ran.out + ran.err + text_of(dir_.path("log")));
    }
    return std::move(ran.out);
}

void PostgresServer::start(std::vector<std::string> settings) {
    std::string options = "-c listen_addresses= -c unix_socket_directories=" + folder_;
    for (const std::string& setting : settings) options += " -c " + setting;
    run({program("pg_ctl"), "--pgdata", data_, "--log", dir_.path("log"), "--wait", "--timeout", "60", "start",
         "--options", options});
    running_ = true;
}

void PostgresServer::crash() {
    running_ = false;
    run({program("pg_ctl"), "--pgdata", data_, "--mode", "immediate", "stop"});
}

void PostgresServer::promote() {
    run({program("pg_ctl"), "--pgdata", data_, "--wait", "promote"});
}

std::string PostgresServer::sql(const std::string& statement) const {
    return run({program("psql"), "--host", folder_, "--username", "sheaf", "--dbname", "postgres", "--no-psqlrc",
                "--tuples-only", "--no-align", "--command", statement});
}

void PostgresServer::wait_for_standby() {
    sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
    sql("SELECT pg_reload_conf()");
    for (int tries = 0; tries < 600; ++tries) {
        if (sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1\n") return;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    throw std::runtime_error("no standby follows");
}

std::string url_of(std::initializer_list<const PostgresServer*> servers) {
    std::string hosts;
    for (const PostgresServer* server : servers) hosts += (hosts.empty() ? "" : ",") + server->folder();
    return "postgres://sheaf@/postgres?host=" + hosts;
}

}  // namespace sheaf::crash
