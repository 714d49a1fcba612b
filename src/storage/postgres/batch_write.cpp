#include "storage/postgres/batch_write.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "storage/postgres/copy_rows.hpp"
#include "storage/postgres/refusal.hpp"
#include "storage/postgres/run_statements.hpp"
#include "storage/postgres/write_runs.hpp"
#include "storage/postgres/write_sql.hpp"

namespace sheaf::postgres {

using driver::Outcome;
using driver::TableKind;
using driver::Write;

namespace {

constexpr std::size_t flight_bytes = 16U << 20U;

Outcome refusal_of(TableKind kind, Run::Kind run) {
    if (driver::is_index(kind)) return Outcome::duplicate_entry;
    return run == Run::Kind::change || run == Run::Kind::erase ? Outcome::mismatch : Outcome::duplicate;
}

bool is_refusable(TableKind kind, const Run& run) {
    if (run.kind == Run::Kind::remove) return false;
    return run.kind != Run::Kind::put || kind == TableKind::unique_index;
}

bool is_worth_copying(TableKind kind, const Run& run) {
    if (driver::is_index(kind) || run.kind != Run::Kind::insert) return false;
    const std::size_t rows = run.has_entries ? rows_with_entries_worth_copying : rows_worth_copying;
    return run.writes.size() >= rows || run.bytes >= bytes_worth_copying;
}

class Batch {
public:
    Batch(Session& session, std::string_view name, std::span<const Write> writes)
        : session_(session),
          name_(name),
          table_(session.table(name)),
          writes_(writes),
          indexes_([&session](std::string_view index) { return session.table(index); }) {
        runs_ = cut_into_runs(table_.kind, writes, indexes_);
    }

    std::vector<Outcome> apply() {
        if (runs_.size() == 1 && writes_.size() == 1 && !runs_.front().has_entries) return {apply_single()};
        if (apply_runs()) return std::vector<Outcome>(writes_.size(), Outcome::done);
        return rehearse(session_, table_, writes_, indexes_);
    }

private:
    // A statement that finds nothing to change has changed nothing: no savepoint is needed.
    Outcome apply_single() {
        const Run& run = runs_.front();
        const std::vector<Result> results = session_.run([&](Connection& connection) {
            connection.send(single_sql(table_.quoted, table_.kind, run.kind), single_params(table_.kind, run));
            send_check(connection);
        });
        read_check(results);
        const bool changed = results.front().affected() > 0 || !is_refusable(table_.kind, run);
        return changed ? Outcome::done : refusal_of(table_.kind, run.kind);
    }

    bool apply_runs() {
        const bool copies =
            std::any_of(runs_.begin(), runs_.end(), [&](const Run& run) { return is_worth_copying(table_.kind, run); });
        const std::size_t end = end_of_flight(0);
        if (end == runs_.size()) return try_flight(runs_, true);
        if (copies && runs_.size() == 1 && !runs_.front().has_entries) {
            if (!try_copy_rows(session_, table_, runs_.front(), {})) return false;
            check();
            return true;
        }
        return apply_steps();
    }

    // Several statements that wait for each other, in a savepoint around them all.
    bool apply_steps() {
        session_.query("SAVEPOINT sheaf_batch");
        for (std::size_t next = 0; next < runs_.size();) {
            const std::size_t end = std::max(next + 1, end_of_flight(next));
            const std::span<const Run> flight = std::span(runs_).subspan(next, end - next);
            const bool done = is_worth_copying(table_.kind, flight.front()) ? try_copy_run(flight.front())
                                                                            : try_flight(flight, false);
            if (!done) {
                session_.run([](Connection& connection) {
                    connection.send("ROLLBACK TO SAVEPOINT sheaf_batch");
                    connection.send("RELEASE SAVEPOINT sheaf_batch");
                });
                return false;
            }
            next = end;
        }
        session_.query("RELEASE SAVEPOINT sheaf_batch");
        check();
        return true;
    }

    // Behind the runs from `begin` on that are sent together; `begin` itself when its run is to be copied.
    std::size_t end_of_flight(std::size_t begin) const {
        std::size_t bytes = 0;
        std::size_t end = begin;
        for (; end < runs_.size() && !is_worth_copying(table_.kind, runs_[end]); ++end) {
            bytes += runs_[end].bytes;
            if (end > begin && bytes > flight_bytes) break;
        }
        return end;
    }

    bool try_flight(std::span<const Run> runs, bool checked) {
        const auto send = [&](Connection& connection) {
            for (const Run& run : runs) send_run(connection, table_, run, indexes_);
            if (checked) send_check(connection);
        };
        const bool refusable =
            std::any_of(runs.begin(), runs.end(), [&](const Run& run) { return is_refusable(table_.kind, run); });
        std::vector<Result> results;
        if (!refusable) {
            results = session_.run(send);
        } else if (session_.try_run(send, results, {sqlstate::unique_violation, refused})) {
            return false;
        }
        if (checked) read_check(results);
        return true;
    }

    bool try_copy_run(const Run& run) {
        if (!run.has_entries) return try_copy_rows(session_, table_, run, {});
        const std::vector<std::int64_t> rids = reserve_rids(session_, table_, run.writes.size());
        if (!try_copy_rows(session_, table_, run, rids)) return false;
        std::vector<Result> results;
        return !session_.try_run([&](Connection& connection) { send_entries_of_new(connection, run, rids, indexes_); },
                                 results, {sqlstate::unique_violation, refused});
    }

    // What only asks whether rows are missing takes no lock that would make the answer last.
    bool changes_rows() const {
        return std::any_of(runs_.begin(), runs_.end(), [](const Run& run) { return run.kind != Run::Kind::absence; });
    }

    void send_check(Connection& connection) {
        checks_ = changes_rows() && !session_.is_checked(name_);
        if (checks_) session_.send_check(connection, name_);
    }

    void read_check(const std::vector<Result>& results) {
        if (checks_) session_.read_check(results.back(), name_);
    }

    void check() {
        if (changes_rows() && !session_.is_checked(name_)) {
            read_check(session_.run([&](Connection& connection) { send_check(connection); }));
        }
    }

    Session& session_;
    const std::string_view name_;
    const TableEntry table_;
    const std::span<const Write> writes_;
    EntryTables indexes_;
    std::vector<Run> runs_;
    bool checks_ = false;
};

}  // namespace

std::vector<Outcome> apply_batch(Session& session, std::string_view table, std::span<const Write> writes) {
    Batch batch(session, table, writes);
    if (writes.empty()) return {};
    return batch.apply();
}

}  // namespace sheaf::postgres
