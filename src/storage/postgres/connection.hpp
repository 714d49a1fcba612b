// Connection: one libpq connection, non-blocking and in pipeline mode, with its prepared statements.
//
// Statements are queued with send() and travel together; run() waits for the results of all of them. Each text is
// prepared when it is first sent, in the same round trip, and kept. Parameters and results are binary.
//
// Threads: one at a time. Results own their memory and may outlive the connection.
// A connection on which something was sent and not run, because of an exception in between, cannot be used again.
//
//     connection.send("BEGIN ISOLATION LEVEL SERIALIZABLE");
//     connection.send("SELECT body FROM users WHERE key = $1", Params().bytes(key));
//     const std::vector<Result> results = connection.run(patience);
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/control.hpp>

#include "storage/postgres/options.hpp"
#include "storage/postgres/params.hpp"
#include "storage/postgres/postgres_error.hpp"
#include "storage/postgres/result.hpp"

namespace sheaf::postgres {

class Connection {
public:
    // Connects, and sets the session up: search_path is the schema, synchronous_commit as the durability says,
    // lock_timeout is the pool's. Throws unavailable (another attempt may succeed), busy (the server has no connection
    // left), unauthorized, invalid_url, unsupported, deadline_exceeded, cancelled.
    Connection(const std::string& conninfo, const Options& options, const Control& control);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Queues a statement; what goes wrong is thrown by run(). The text has to be made by sheaf; what comes from users
    // goes into params.
    void send(std::string_view sql, const Params& params = {});
    // Queues a statement that is not kept prepared: for set-up and DDL.
    void send_once(std::string_view sql, const Params& params = {});
    // Sends what is queued and waits for the results, one for each statement; of nothing none. When a statement fails,
    // those after it are not executed, the server's transaction has failed, and its PostgresError is thrown;
    // failed_statement() tells which. When the control ends, the server is told to cancel, and deadline_exceeded or
    // cancelled thrown, unless everything was done before it heard of it: then nothing is thrown. failed_statement()
    // tells here, too, which was not done. When the connection breaks (it does, too, when the server does not answer to
    // the cancelling), is_broken() is true, and any statement from failed_statement() on may have been done;
    // PostgresError with `unavailable`, or the control's error, is thrown.
    std::vector<Result> run(const Control& control);
    std::size_t failed_statement() const { return failed_; }  // counted from 0 since the last run()
    // A statement that is sent and run alone.
    Result query(std::string_view sql, const Params& params, const Control& control);

    // COPY ... FROM STDIN (FORMAT binary), with what `data` appends (it is called until it returns false; header and
    // trailer are written here). Nothing may be queued. Throws as run(), and what `data` throws: then nothing is
    // copied, and the server's transaction has failed.
    void copy_in(std::string_view sql, const std::function<bool(std::string& data)>& data, const Control& control);

    // Waits for a notification on a channel that the session listens to; takes all that are there. Throws unavailable,
    // deadline_exceeded, cancelled.
    void wait_for_notification(const Control& control);

    bool is_broken() const;
    bool has_queued() const;      // something was sent, and not run
    bool in_transaction() const;  // the server's, as of the last run()
    // False when the server has closed the connection meanwhile; does not wait. REQUIRES: nothing is queued.
    bool is_alive();
    std::uint64_t statements() const { return sent_; }  // that were sent so far, for tests
    // Of the server process's start, in microseconds: another one after a crash or failover.
    std::int64_t server_started() const { return server_started_; }

private:
    struct State;
    void set_up(const Options& options, const Control& control);

    std::unique_ptr<State> state_;
    std::size_t failed_ = 0;
    std::uint64_t sent_ = 0;
    std::int64_t server_started_ = 0;
};

}  // namespace sheaf::postgres
