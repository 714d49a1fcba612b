// Pipeline: the statements that are on their way to the server together, and the collecting of their results.
//
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/postgres/params.hpp"
#include "storage/postgres/postgres_error.hpp"
#include "storage/postgres/result.hpp"
#include "storage/postgres/server_wait.hpp"
#include "storage/postgres/statement_names.hpp"

struct pg_conn;
struct pg_result;

namespace sheaf::postgres {

// What a failed result says; of none, what is wrong with the connection.
PostgresError error_of(pg_conn* connection, const pg_result* result);

class Pipeline {
public:
    // REQUIRES: a connection that is non-blocking and in pipeline mode, and lives longer.
    explicit Pipeline(pg_conn* connection) : connection_(connection) {}

    enum class Keep { yes, no };  // it prepared, while there is room
    void send(std::string_view sql, const Params& params, Keep keep);

    struct Outcome {
        std::vector<Result> results{};
        std::optional<PostgresError> error{};
        std::size_t failed = 0;  // which statement, with an error
    };
    Outcome run(ServerWait& wait);
    bool is_empty() const { return sent_ == 0; }

private:
    struct Item {
        enum class Kind { preparation, statement, eviction, end_of_evictions };
        Kind kind;
        std::size_t statement;  // that it belongs to
        KeptStatement* kept;    // null: not kept
    };
    void queue(int queued, Item item);
    void send_evictions();
    void send_once(const Params& params, std::size_t statement);
    bool is_open() const;
    void collect(const Item& item, ServerWait& wait, Outcome& outcome);
    void failed(const Item& item, const pg_result* result, Outcome& outcome);
    void failed_eviction(const pg_result* result);
    void await_end(ServerWait& wait, Outcome& outcome);
    void end();

    pg_conn* connection_;
    StatementNames names_;
    std::vector<Item> items_;
    std::size_t sent_ = 0;                       // statements
    bool refused_ = false;                       // nothing can be sent any more: what is on its way is not known
    std::vector<std::string> evicted_;           // names that the server still has
    std::vector<const KeptStatement*> useless_;  // to be forgotten at the end
    std::string text_;
    std::vector<const char*> values_;
    std::vector<int> formats_;
};

}  // namespace sheaf::postgres
