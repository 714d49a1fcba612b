// What became of a transaction whose COMMIT was not answered, because the connection broke: the server is asked.
//
// Threads: free functions and values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sheaf/control.hpp>

#include "storage/postgres/pool.hpp"

namespace sheaf::postgres {

// Numbers of transactions mean something only while the server lives: one that starts again after a crash may give the
// number of a lost transaction to another one. `recovered` tells of a crash that the server process itself has
// survived.
struct TransactionMark {
    std::string xid{};
    std::string recovered{};
    std::int64_t server_started = 0;
};

// Two columns, the first two members, of the current transaction, which gets a number when it has none.
inline constexpr std::string_view mark_columns =
    "pg_current_xact_id()::text, coalesce(pg_last_wal_replay_lsn()::text, '')";

enum class Fate : std::uint8_t {
    committed,
    aborted,
    unknown,  // the server cannot be reached or is another one, or it is not certain that standbys have it, too
};

// Asks on another connection of the pool until the transaction has ended, at most for `patience`.
Fate fate_of(Pool& pool, const TransactionMark& mark, Control::Clock::duration patience);

}  // namespace sheaf::postgres
