#include "storage/postgres/pipeline.hpp"

#include <libpq-fe.h>

#include <utility>

namespace sheaf::postgres {

namespace {

constexpr int binary = 1;
constexpr std::string_view unknown_name = "26000";

std::string_view field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? std::string_view() : text;
}

}  // namespace

PostgresError error_of(pg_conn* connection, const pg_result* result) {
    if (result == nullptr || field(result, PG_DIAG_SQLSTATE).empty()) {
        const std::string words =
            one_line(result == nullptr ? PQerrorMessage(connection) : PQresultErrorMessage(result));
        return {"", "the connection to the PostgreSQL server broke: " + words};
    }
    std::string words(field(result, PG_DIAG_MESSAGE_PRIMARY));
    for (const int more : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT}) {
        if (!field(result, more).empty()) words.append("; ").append(field(result, more));
    }
    return {field(result, PG_DIAG_SQLSTATE), one_line(words)};
}

bool Pipeline::is_open() const {
    return PQstatus(connection_) == CONNECTION_OK;
}

void Pipeline::queue(int queued, Item item) {
    if (queued == 1) {
        items_.push_back(item);
    } else {
        refused_ = true;
    }
}

void Pipeline::send(std::string_view sql, const Params& params, Keep keep) {
    const std::size_t statement = sent_++;
    if (statement == 0) send_evictions();
    const auto count = static_cast<int>(params.size());
    values_.clear();
    for (std::size_t place = 0; place < params.size(); ++place) values_.push_back(params.value(place));
    if (formats_.size() < params.size()) formats_.resize(params.size(), binary);
    text_.assign(sql);
    KeptStatement* kept = keep == Keep::yes ? names_.use(sql, params.types()) : nullptr;
    if (kept == nullptr) return send_once(params, statement);
    if (kept->name.empty()) {
        kept->name = names_.new_name();
        queue(PQsendPrepare(connection_, kept->name.c_str(), text_.c_str(), count, params.types().data()),
              {Item::Kind::preparation, statement, kept});
    }
    queue(PQsendQueryPrepared(connection_, kept->name.c_str(), count, values_.data(), params.lengths().data(),
                              formats_.data(), binary),
          {Item::Kind::statement, statement, kept});
}

void Pipeline::send_once(const Params& params, std::size_t statement) {
    queue(PQsendQueryParams(connection_, text_.c_str(), static_cast<int>(params.size()), params.types().data(),
                            values_.data(), params.lengths().data(), formats_.data(), binary),
          {Item::Kind::statement, statement, nullptr});
}

// In front, outside of any transaction, and with a sync of their own: there nothing else fails when one of them does,
// neither a transaction nor the answer to its COMMIT, and no statement of this flight is removed.
void Pipeline::send_evictions() {
    if (PQtransactionStatus(connection_) != PQTRANS_IDLE) return;
    for (std::string name = names_.evict(); !name.empty(); name = names_.evict()) evicted_.push_back(std::move(name));
    if (evicted_.empty()) return;
    for (const std::string& name : evicted_) {
        text_ = "DEALLOCATE " + name;
        queue(PQsendQueryParams(connection_, text_.c_str(), 0, nullptr, nullptr, nullptr, nullptr, binary),
              {Item::Kind::eviction, 0, nullptr});
    }
    queue(PQpipelineSync(connection_), {Item::Kind::end_of_evictions, 0, nullptr});
}

Pipeline::Outcome Pipeline::run(ServerWait& wait) {
    Outcome outcome;
    outcome.results.reserve(sent_);
    const bool complete = !refused_ && PQpipelineSync(connection_) == 1;
    refused_ = true;  // an exception from here on leaves a connection that cannot be used
    if (!complete) {
        outcome.error = error_of(connection_, nullptr);
        wait.hang_up();  // what is queued cannot be taken back otherwise
    }
    for (auto item = items_.begin(); item != items_.end() && is_open(); ++item) collect(*item, wait, outcome);
    if (is_open()) await_end(wait, outcome);
    if (!is_open() && !outcome.error) {
        outcome.error = error_of(connection_, nullptr);
        outcome.failed = outcome.results.size();
    }
    end();
    return outcome;
}

// Each item has one result, and then, but for a sync, none.
void Pipeline::collect(const Item& item, ServerWait& wait, Outcome& outcome) {
    ResultHandle result = wait.next_result();
    if (!result || item.kind == Item::Kind::end_of_evictions) return;
    const ExecStatusType status = PQresultStatus(result.get());
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    if (!good) {
        failed(item, result.get(), outcome);
    } else if (item.kind == Item::Kind::eviction) {
        evicted_.erase(evicted_.begin());
    } else if (item.kind == Item::Kind::statement) {
        outcome.results.emplace_back(result.release());
    }
    while (is_open() && wait.next_result()) {
        // until there is none
    }
}

void Pipeline::failed(const Item& item, const pg_result* result, Outcome& outcome) {
    if (item.kind == Item::Kind::eviction) return failed_eviction(result);
    if (item.kind == Item::Kind::preparation) useless_.push_back(item.kept);
    if (outcome.error || PQresultStatus(result) == PGRES_PIPELINE_ABORTED) return;
    outcome.error = error_of(connection_, result);
    outcome.failed = item.statement;
    // Prepared for a table that has become another one meanwhile, or forgotten by the server.
    const bool stale = outcome.error->is("0A000") || outcome.error->is(unknown_name);
    if (stale && item.kind == Item::Kind::statement && item.kept != nullptr) useless_.push_back(item.kept);
}

// The names stay for the next flight, but for one that the server does not have.
void Pipeline::failed_eviction(const pg_result* result) {
    if (field(result, PG_DIAG_SQLSTATE) == unknown_name) evicted_.erase(evicted_.begin());
}

void Pipeline::await_end(ServerWait& wait, Outcome& outcome) {
    while (const ResultHandle result = wait.next_result()) {
        if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return;
        if (outcome.error) continue;
        outcome.error = error_of(connection_, result.get());  // what was not in a transaction could not be committed
        outcome.failed = sent_;
    }
    wait.hang_up();
}

void Pipeline::end() {
    for (const KeptStatement* statement : useless_) names_.forget(*statement);
    useless_.clear();
    items_.clear();
    sent_ = 0;
    refused_ = false;
}

}  // namespace sheaf::postgres
