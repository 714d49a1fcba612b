// Result: the rows of one statement, in PostgreSQL's binary format.
//
// Threads: a value whose copies share the rows, which never change. It may outlive its connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <sheaf/bytes.hpp>

struct pg_result;

namespace sheaf::postgres {

// REQUIRES: rows and columns that exist; of a NULL the numbers are 0 and the bytes empty.
class Result {
public:
    explicit Result(pg_result* result);  // takes it over

    std::size_t rows() const;
    std::int64_t affected() const;  // rows that were selected, inserted, changed or removed
    bool is_null(std::size_t row, std::size_t column) const;
    std::int64_t integer(std::size_t row, std::size_t column) const;  // of a bigint, integer, smallint
    bool boolean(std::size_t row, std::size_t column) const;
    BytesView bytes(std::size_t row, std::size_t column) const;  // of a bytea or text; lent while the result lives

private:
    std::shared_ptr<pg_result> result_;
};

}  // namespace sheaf::postgres
