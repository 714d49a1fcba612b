#include "storage/postgres/cursor.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/postgres/pages.hpp"
#include "storage/postgres/table_sql.hpp"

namespace sheaf::postgres {

namespace {

constexpr std::size_t page_bytes = 4U << 20U;
constexpr std::size_t smallest_page = 16;         // rows, but for the first
constexpr std::size_t first_page = 256;           // where no limit is known
constexpr std::int64_t largest_first_page = 512;  // whose rows are not known to be small
constexpr std::size_t growth = 4;

// A filter may reject some of the rows.
std::size_t rows_at_first(std::int64_t limit, bool filtered) {
    if (limit <= 0) return first_page;
    const auto rows = static_cast<std::size_t>(std::min<std::int64_t>(limit, largest_first_page));
    return filtered ? rows + rows / 4 + 4 : rows;
}

class PagedCursor final : public driver::Cursor {
public:
    PagedCursor(std::shared_ptr<Session> session, const TableEntry& table, std::unique_ptr<Pages> pages,
                driver::RowFilter* filter, std::int64_t limit)
        : session_(std::move(session)),
          kind_(table.kind),
          large_row_sql_(large_row_sql(table)),
          pages_(std::move(pages)),
          filter_(filter),
          page_rows_(rows_at_first(limit, filter != nullptr)) {}

    bool next(driver::RowView& row) override {
        if (!session_->is_open()) throw Error(Code::closed, "the cursor's transaction has ended");
        do {
            if (!step()) return false;
        } while (!look(row) || (filter_ != nullptr && !filter_->wants(row.body)));
        return true;
    }

    BytesView key() override {
        if (!is_on_row()) throw Error(Code::invalid_argument, "the cursor is not on a row");
        return page_->bytes(row_, column_count(kind_));
    }

private:
    bool is_on_row() const { return page_ && started_ && row_ < page_->rows(); }

    bool step() {
        if (is_on_row()) ++row_;
        while (!page_ || row_ >= page_->rows()) {
            if (pages_->at_end()) return false;
            if (page_) grow();
            page_.reset();
            page_ = pages_->next(*session_, page_rows_);
            row_ = 0;
        }
        started_ = true;
        return true;
    }

    // False: its body came not with it, and by now it has gone.
    bool look(driver::RowView& row) {
        row = view_of(*page_, row_, kind_);
        ++rows_seen_;
        if (!driver::is_index(kind_) && page_->is_null(row_, body_column())) {
            Params params;
            if (kind_ == driver::TableKind::documents) {
                params.integer(row.meta.rid);
            } else {
                params.bytes(key());
            }
            const Version seen = row.meta.version;
            large_ = session_->query(large_row_sql_, params);
            if (large_->rows() == 0) {
                require_unchanged(false);
                return false;
            }
            row = view_of(*large_, 0, kind_);
            require_unchanged(row.meta.version == seen);
        }
        bytes_seen_ += row.body.size();
        return true;
    }

    // Without a snapshot a body that is read later may be one that does not belong to the ranges any more.
    void require_unchanged(bool unchanged) const {
        if (unchanged || !session_->is_operation()) return;
        throw Error(Code::serialization, "another transaction has changed a document while it was read");
    }

    std::size_t body_column() const { return kind_ == driver::TableKind::documents ? 1 : 0; }

    // As long as rows are small.
    void grow() {
        const std::size_t average = rows_seen_ == 0 ? 0 : bytes_seen_ / rows_seen_;
        const std::size_t fitting = std::max(smallest_page, page_bytes / (average + 1));
        page_rows_ = std::min({std::max(page_rows_, smallest_page) * growth, fitting, largest_page});
    }

    const std::shared_ptr<Session> session_;
    const driver::TableKind kind_;
    const std::string large_row_sql_;
    const std::unique_ptr<Pages> pages_;
    driver::RowFilter* const filter_;
    std::size_t page_rows_;  // how many to ask for
    std::optional<Result> page_;
    std::optional<Result> large_;  // the current row, where its body is large
    std::size_t row_ = 0;
    bool started_ = false;  // the row has been lent
    std::size_t rows_seen_ = 0;
    std::size_t bytes_seen_ = 0;
};

}  // namespace

std::unique_ptr<driver::Cursor> open_scan(const std::shared_ptr<Session>& session, std::string_view table,
                                          const driver::Scan& scan) {
    const TableEntry& entry = session->table(table);
    return std::make_unique<PagedCursor>(session, entry, scan_pages(entry, scan), scan.filter, scan.limit);
}

std::unique_ptr<driver::Cursor> open_fetch(const std::shared_ptr<Session>& session, std::string_view table,
                                           const driver::IndexScan& scan) {
    // Looking for the second may read the catalog again.
    const TableEntry entry = session->table(table);
    const TableEntry index = session->table(scan.index);
    return std::make_unique<PagedCursor>(session, entry, fetch_pages(entry, index, scan), scan.filter, scan.limit);
}

std::unique_ptr<driver::Cursor> open_pages(const std::shared_ptr<Session>& session, const TableEntry& table,
                                           std::unique_ptr<Pages> pages, driver::RowFilter* filter) {
    return std::make_unique<PagedCursor>(session, table, std::move(pages), filter, 0);
}

}  // namespace sheaf::postgres
