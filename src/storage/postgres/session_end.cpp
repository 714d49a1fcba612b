// How a Session ends: commit, and what becomes of one whose answer is lost.
#include <chrono>
#include <exception>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/postgres/names.hpp"
#include "storage/postgres/session.hpp"

namespace sheaf::postgres {

namespace {

constexpr std::chrono::seconds cleaning_up{5};
constexpr std::chrono::seconds resolving{5};

}  // namespace

void Session::commit() {
    guarded([&] {
        control_.check();
        remember_mark();
    });
    try {
        send_commit();
    } catch (...) {
        const Connection& connection = **lease_;
        const bool answered = !connection.is_broken() && !connection.has_queued();
        if (!wrote_ || answered) fail();
        resolve_commit();
        return;
    }
    if (changed_catalog_) shared_.catalogs.forget();
    require_standbys();
    end();
}

// Changes of the catalog alone come without a check that tells it.
void Session::remember_mark() {
    if (!wrote_ || !mark_.xid.empty()) return;
    Connection& connection = **lease_;
    const Result result = connection.query("SELECT " + std::string(mark_columns), {}, control_);
    mark_ = {std::string(result.bytes(0, 0)), std::string(result.bytes(0, 1)), connection.server_started()};
}

void Session::send_commit() {
    Connection& connection = **lease_;
    const bool compares = writes() && assumed_ && told_ && !wrote_;
    if (compares) connection.send(stamp_sql);
    if (wrote_ && options().notify) {
        connection.send("SELECT pg_notify($1, '')", Params().text(channel_name(options().schema)));
    }
    if (begun_) connection.send("COMMIT");
    const std::vector<Result> results = connection.run(control_);
    if (compares) read_stamp(results.at(0));
}

namespace {

[[noreturn]] void throw_unknown(std::string_view why) {
    throw Error(Code::commit_unknown,
                std::string(why) + ": it may be there, or not. Look whether it is, before you do it again");
}

bool has_ended(const Control& control) {
    return control.stop.stop_requested() || (control.deadline && Control::Clock::now() >= *control.deadline);
}

// A server that was told to cancel while it waited for its standbys commits nevertheless, but alone.
bool may_be_alone(Connection& connection) {
    try {
        const Control brief{.deadline = Control::within(cleaning_up), .stop = {}};
        return connection.query("SELECT current_setting('synchronous_standby_names') <> ''", {}, brief).boolean(0, 0);
    } catch (const std::exception&) {
        return true;
    }
}

}  // namespace

// The transaction is there by now: whatever fails here, it must not look as if it were not.
void Session::require_standbys() {
    if (!wrote_ || !has_ended(control_) || !may_be_alone(**lease_)) return;
    aborted_ = true;
    end();
    throw_unknown("the time ended while the transaction was brought to the standbys");
}

// The connection broke, or has to be closed with an answer on its way; this is called in the handler. Returns when the
// transaction is there.
void Session::resolve_commit() {
    aborted_ = true;
    lease_.reset();
    pool_.distrust();
    const Fate fate = fate_of(pool_, mark_, resolving);
    if (changed_catalog_ && fate != Fate::aborted) shared_.catalogs.forget();
    if (fate == Fate::aborted) throw;
    if (fate == Fate::unknown) throw_unknown("the connection to the server broke while the transaction was committed");
    aborted_ = false;
}

void Session::rollback() noexcept {
    if (lease_) end();
}

// The pool ends what is still open on the server, or closes the connection. Locks of names belong to the connection and
// outlive the transaction.
void Session::end() noexcept {
    Connection& connection = **lease_;
    if (locked_names_ && !connection.is_broken() && !connection.has_queued()) {
        try {
            if (connection.in_transaction()) connection.send("ROLLBACK");
            connection.send("SELECT pg_advisory_unlock_all()");
            connection.run({.deadline = Control::within(cleaning_up), .stop = {}});
        } catch (...) {
            connection.send("ROLLBACK");  // what is queued and not run makes the pool close it
        }
    }
    lease_.reset();
}

}  // namespace sheaf::postgres
