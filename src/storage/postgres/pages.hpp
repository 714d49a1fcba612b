// Pages: what a cursor asks for, one page after the other. A page is one statement, which begins behind the last row of
// the page before; it gives the columns of rows (table_sql.hpp) and then the key that the cursor shows. Bodies over
// 64 KiB are NULL in it: they are to be asked for one by one, so that a page cannot outgrow the memory.
//
//     std::unique_ptr<Pages> pages = scan_pages(table, scan);
//     while (!pages->at_end()) use(pages->next(session, 100));
//
// Threads: those of the session.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/session.hpp"

namespace sheaf::postgres {

inline constexpr std::size_t largest_page = 2048;  // rows

class Pages {
public:
    virtual ~Pages() = default;
    // At most so many rows; not more than largest_page are given. REQUIRES: not at the end.
    Result next(Session& session, std::size_t rows);
    bool at_end() const { return at_end_; }

protected:
    explicit Pages(const driver::Where& where) : where_(where) {}
    // The statement without its limit; adds its parameters.
    virtual std::string sql(const Session& session, Params& params) const = 0;
    // Goes on behind what was read; `full`: as many rows as were asked for.
    virtual void go_on(const Result& page, bool full) = 0;

    // " AND ..." or nothing: rows that are not wanted may be left out.
    std::string wanted(const Session& session, Params& params) const;
    void end() { at_end_ = true; }

private:
    const driver::Where where_;
    bool at_end_ = false;
};

// The columns of a row of the table "d", without bodies of more than 64 KiB.
std::string page_columns(driver::TableKind kind);

// Throw unsupported for an order that the table has not, invalid_argument for tables that do not belong together.
std::unique_ptr<Pages> scan_pages(const TableEntry& table, const driver::Scan& scan);
std::unique_ptr<Pages> fetch_pages(const TableEntry& table, const TableEntry& index, const driver::IndexScan& scan);

// One row with a body that a page has left out: $1 is its rid or, in an ordered table, its key.
std::string large_row_sql(const TableEntry& table);

}  // namespace sheaf::postgres
