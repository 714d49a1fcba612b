// PagedCursor: the rows of a scan or a fetch, page by page: each page is one statement that begins behind the last row
// of the page before, so that any number of cursors and other statements share the connection, and a page is all that
// is held in memory. Pages begin small when a limit is known, and grow as long as rows are small.
//
// Threads: those of its transaction. A cursor whose transaction has ended throws on next().
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/pages.hpp"
#include "storage/postgres/session.hpp"

namespace sheaf::postgres {

std::unique_ptr<driver::Cursor> open_scan(const std::shared_ptr<Session>& session, std::string_view table,
                                          const driver::Scan& scan);
std::unique_ptr<driver::Cursor> open_fetch(const std::shared_ptr<Session>& session, std::string_view table,
                                           const driver::IndexScan& scan);
// Rows of a table that other pages give.
std::unique_ptr<driver::Cursor> open_pages(const std::shared_ptr<Session>& session, const TableEntry& table,
                                           std::unique_ptr<Pages> pages, driver::RowFilter* filter);

}  // namespace sheaf::postgres
