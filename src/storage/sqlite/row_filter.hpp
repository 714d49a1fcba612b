// The SQL function sheaf_wants(data, question): a scan's RowFilter, asked by SQLite for each row before it decodes the
// row's other columns, which costs more than the filter does.
//
// The question travels as a bound pointer; SQL from elsewhere cannot make one, and the function is for our own
// statements only (SQLITE_DIRECTONLY).
#pragma once

#include <exception>

#include <sheaf/driver/backend.hpp>

struct sqlite3;

namespace sheaf::sqlite {

struct RowQuestion {
    static constexpr const char* pointer_type = "sheaf.RowQuestion";
    driver::RowFilter* filter = nullptr;
    std::exception_ptr failure;  // what the filter threw; exceptions must not cross SQLite
};

void define_row_filter(sqlite3* db);

}  // namespace sheaf::sqlite
