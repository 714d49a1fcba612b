// Importer: puts rows into a collection in batches, each all or nothing.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <sheaf/error.hpp>
#include <sheaf/open.hpp>
#include <string>
#include <vector>

namespace sheaf::cli {

enum class ImportMode { insert, upsert, keep_system };

struct ImportOptions {
    ImportMode mode = ImportMode::insert;
    std::optional<std::string> id_field;
    std::size_t batch = 1000;
};

struct ImportTotals {
    std::int64_t inserted = 0;
    std::int64_t matched = 0;
    std::int64_t modified = 0;
    std::int64_t upserted = 0;
    std::int64_t documents() const { return inserted + matched + upserted; }
};

// What the store has refused, and which rows it was: "row 7", "rows 1 to 1000", or "" when it is not about rows.
class BatchError : public std::exception {
public:
    BatchError(std::string rows, Error error) : rows_(std::move(rows)), error_(std::move(error)) {}
    const char* what() const noexcept override { return error_.what(); }
    const std::string& rows() const { return rows_; }
    const Error& error() const { return error_; }

private:
    std::string rows_;
    Error error_;
};

class Importer {
public:
    // The store is opened, and made, when the first batch is complete: bad input makes none.
    Importer(std::string store, std::string collection, ImportOptions options, Control control);

    // Throws Error for a document that does not fit the options, BatchError when its batch is refused.
    void add(Document document, std::uint64_t row);
    // Commits what is left. Makes the collection even when there was no row.
    void finish();

    // Of the batches that are in.
    const ImportTotals& totals() const { return totals_; }
    std::uint64_t last_row() const { return last_row_; }

private:
    void open_store();
    void flush();
    void insert();
    void insert_records();
    void upsert();
    std::string rows_of(const Error& error);
    std::optional<std::uint64_t> find_refused_row();

    std::string store_;
    std::string name_;
    ImportOptions options_;
    Control control_;
    std::optional<Database> database_;
    std::vector<Document> documents_;
    std::vector<Record> records_;
    std::vector<std::uint64_t> rows_;
    std::optional<std::uint64_t> current_row_;  // where the store is told of one document at a time
    std::size_t bytes_ = 0;
    ImportTotals totals_;
    std::uint64_t last_row_ = 0;
};

}  // namespace sheaf::cli
