#include "storage/postgres/commit_fate.hpp"

#include <chrono>
#include <optional>
#include <thread>

#include <sheaf/error.hpp>

namespace sheaf::postgres {

namespace {

constexpr std::string_view fate_sql =
    "SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn()::text, ''), pg_xact_status($1::xid8),"
    " current_setting('synchronous_standby_names') <> ''";
constexpr std::chrono::milliseconds between_questions{20};

// Nothing: it is still in progress.
std::optional<Fate> ask(Pool& pool, const TransactionMark& mark, const Control& control) {
    const Lease lease = pool.lease(control);
    if (lease->server_started() != mark.server_started) return Fate::unknown;
    const Result result = lease->query(fate_sql, Params().text(mark.xid), control);
    const bool same_life = !result.boolean(0, 0) && result.bytes(0, 1) == mark.recovered;
    if (!same_life) return Fate::unknown;
    const BytesView status = result.bytes(0, 2);
    if (status == "in progress") return std::nullopt;
    if (status == "aborted") return Fate::aborted;
    // A commit whose connection breaks while it waits for a standby is there, but here only.
    const bool waits_for_standbys = result.boolean(0, 3);
    return status == "committed" && !waits_for_standbys ? Fate::committed : Fate::unknown;
}

}  // namespace

Fate fate_of(Pool& pool, const TransactionMark& mark, Control::Clock::duration patience) {
    const Control control{.deadline = Control::within(patience), .stop = {}};
    try {
        while (true) {
            if (const auto fate = ask(pool, mark, control)) return *fate;
            std::this_thread::sleep_for(between_questions);
            control.check();
        }
    } catch (const Error&) {
        return Fate::unknown;
    }
}

}  // namespace sheaf::postgres
