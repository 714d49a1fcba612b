// The server that sheaf stands on, used as directly as libpq allows: kept prepared statements, binary parameters,
// pipelines, COPY, and a table with the columns that sheaf's tables have.
//
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/documents.hpp"

struct pg_conn;
struct pg_result;

namespace sheaf::bench {

class RawPostgres {
public:
    // Makes an empty table in a schema of its own. durable: synchronous_commit=on, else off.
    RawPostgres(const std::string& url, const std::string& schema, bool durable);
    ~RawPostgres();
    RawPostgres(const RawPostgres&) = delete;
    RawPostgres& operator=(const RawPostgres&) = delete;

    void truncate();
    // One INSERT for each document, in one pipeline and one transaction.
    void insert_pipeline(std::span<const Sample> samples);
    // Binary COPY, one transaction.
    void copy(std::span<const Sample> samples);
    std::size_t get(std::string_view key);  // bytes of the body, copied out
    // An index on the number at `score`, and the documents in a range of it; bytes of the bodies, copied out.
    void index_scores();
    std::size_t scores_between(double lower, double upper);
    void vacuum();  // the whole database

private:
    pg_result* check(pg_result* result, const char* doing);
    void execute(const std::string& sql);
    void prepare(const char* name, const char* sql);
    pg_result* run(const char* name, std::span<const std::string_view> parameters);

    pg_conn* connection_ = nullptr;
};

}  // namespace sheaf::bench
