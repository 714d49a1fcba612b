// CuttingProxy: stands between a program and a PostgreSQL server, and cuts the connection in the very moment in which
// the program sends something: with or without passing it on. So a COMMIT can be lost, or its reply.
//
// Threads: cut_next() and reopen() from the test's thread; it has threads of its own, which end with it.
//
//     CuttingProxy proxy(server);
//     Database database = open(proxy.url());
//     ...
//     proxy.cut_next(CuttingProxy::Cut::reply);
//     transaction.commit();
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "crash/postgres/postgres_server.hpp"
#include "support/temp_dir.hpp"

namespace sheaf::crash {

class CuttingProxy {
public:
    enum class Cut { none, request, reply };  // what gets lost

    explicit CuttingProxy(const PostgresServer& server);
    ~CuttingProxy();
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    std::string url() const;
    // With hold, whoever connects after the cut waits until reopen().
    void cut_next(Cut what, bool hold = false);
    void wait_until_cut();
    void reopen();

private:
    void accept_all(const std::stop_token& stop);
    void serve(int client, const std::stop_token& stop);
    bool pass_request(int client, int server);

    testing_support::TempDir dir_;
    std::string server_socket_;
    int listener_ = -1;
    std::atomic<Cut> cut_ = Cut::none;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool was_cut_ = false;
    bool holds_ = false;
    std::vector<std::jthread> connections_;  // by the accepting thread
    std::jthread acceptor_;
};

}  // namespace sheaf::crash
