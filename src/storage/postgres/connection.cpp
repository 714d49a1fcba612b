#include "storage/postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <chrono>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/postgres/connecting.hpp"
#include "storage/postgres/copy_in.hpp"
#include "storage/postgres/names.hpp"
#include "storage/postgres/pipeline.hpp"

namespace sheaf::postgres {

struct Connection::State {
    State(const std::string& conninfo, const Options& options, const Control& control)
        : handle(connect_to_server(conninfo, waiter, control)), pipeline(handle.get()), patience(options.patience) {}

    ServerWait wait(const Control& control) { return {handle.get(), waiter, control, patience}; }

    Waiter waiter;
    ConnectionHandle handle;
    Pipeline pipeline;
    const std::chrono::milliseconds patience;
};

namespace {

// All of it in one round trip. What the role or the database has set for itself must not change what statements mean.
constexpr std::string_view set_up_sql =
    "SELECT (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint,"
    " set_config('search_path', $1, false), set_config('synchronous_commit', $2, false),"
    " set_config('lock_timeout', $3, false), set_config('client_min_messages', 'warning', false),"
    " set_config('default_transaction_isolation', 'read committed', false),"
    // Statements are planned once, maybe when a table is still small or was never analysed, and have to stay fast when
    // it has grown: by the keys, whatever the table looks like now.
    " set_config('plan_cache_mode', 'force_generic_plan', false), set_config('jit', 'off', false),"
    " set_config('seq_page_cost', '10', false), set_config('random_page_cost', '1.1', false),"
    " set_config('enable_hashjoin', 'off', false), set_config('enable_mergejoin', 'off', false)";

// `cancelled`: by us.
[[noreturn]] void raise(const PostgresError& error, bool cancelled, const Control& control) {
    if (cancelled && (error.is(sqlstate::query_canceled) || error.lost_connection())) control.check();
    throw error;
}

}  // namespace

Connection::Connection(const std::string& conninfo, const Options& options, const Control& control)
    : state_(std::make_unique<State>(conninfo, options, control)) {
    set_up(options, control);
}

Connection::~Connection() = default;

void Connection::set_up(const Options& options, const Control& control) {
    const bool durable = options.durability == driver::Durability::durable;
    send_once(set_up_sql, Params()
                              .text(quote_name(options.schema))
                              .text(durable ? "on" : "off")
                              .text(std::to_string(options.pool_timeout.count())));
    server_started_ = run(control).at(0).integer(0, 0);
}

void Connection::send(std::string_view sql, const Params& params) {
    ++sent_;
    state_->pipeline.send(sql, params, Pipeline::Keep::yes);
}

void Connection::send_once(std::string_view sql, const Params& params) {
    ++sent_;
    state_->pipeline.send(sql, params, Pipeline::Keep::no);
}

std::vector<Result> Connection::run(const Control& control) {
    failed_ = 0;
    if (!has_queued()) return {};
    ServerWait wait = state_->wait(control);
    Pipeline::Outcome outcome = state_->pipeline.run(wait);
    wait.settle();
    if (!outcome.error) return std::move(outcome.results);
    failed_ = outcome.failed;
    raise(*outcome.error, wait.has_ended(), control);
}

Result Connection::query(std::string_view sql, const Params& params, const Control& control) {
    send(sql, params);
    return run(control).at(0);
}

void Connection::copy_in(std::string_view sql, const std::function<bool(std::string& data)>& data,
                         const Control& control) {
    if (has_queued()) throw Error(Code::internal, "COPY cannot travel together with other statements");
    ++sent_;
    failed_ = 0;
    ServerWait wait = state_->wait(control);
    const std::optional<PostgresError> error =
        postgres::copy_in(state_->handle.get(), std::string(sql), data, wait, control);
    wait.settle();
    if (error) raise(*error, wait.has_ended(), control);
}

void Connection::wait_for_notification(const Control& control) {
    pg_conn* connection = state_->handle.get();
    for (;;) {
        bool notified = false;
        while (PGnotify* notification = PQnotifies(connection)) {
            PQfreemem(notification);
            notified = true;
        }
        if (notified) return;
        if (is_broken()) throw error_of(connection, nullptr);
        if (state_->waiter.wait(PQsocket(connection), POLLIN, control.deadline, control.stop) == Waiter::Woke::ended) {
            control.check();
        }
        PQconsumeInput(connection);
    }
}

bool Connection::is_broken() const {
    return PQstatus(state_->handle.get()) != CONNECTION_OK;
}

bool Connection::has_queued() const {
    return !state_->pipeline.is_empty();
}

bool Connection::in_transaction() const {
    return PQtransactionStatus(state_->handle.get()) != PQTRANS_IDLE;
}

bool Connection::is_alive() {
    pg_conn* connection = state_->handle.get();
    pollfd watched{PQsocket(connection), POLLIN, 0};
    // What there is to read may be a farewell, and the end behind it.
    while (!is_broken() && ::poll(&watched, 1, 0) > 0) PQconsumeInput(connection);
    return !is_broken();
}

}  // namespace sheaf::postgres
