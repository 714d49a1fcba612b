#include "storage/sqlite/sqlite_backend.hpp"

#include <sqlite3.h>

#include <charconv>
#include <filesystem>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/sqlite/change_signal.hpp"
#include "storage/sqlite/store.hpp"
#include "storage/sqlite/transaction.hpp"

namespace sheaf::sqlite {

namespace {

using driver::BeginOptions;
using driver::Mode;

class SqliteBackend final : public driver::Backend {
public:
    explicit SqliteBackend(const StoreOptions& options) : store_(options) {
        capabilities_.backend = "sqlite";
        capabilities_.durability = options.durability;
        capabilities_.persistent = true;
        capabilities_.multi_process = true;
        ping();
    }

    const driver::Capabilities& capabilities() const override { return capabilities_; }

    std::unique_ptr<driver::Transaction> begin(const BeginOptions& options) override {
        options.control.check();
        Patience patience(options.control, store_.options().busy_timeout);
        if (options.mode == Mode::read) return std::make_unique<ReadTransaction>(store_.reader(), patience);
        return std::make_unique<WriteTransaction>(store_.writer(patience), patience);
    }

    std::unique_ptr<driver::ChangeSignal> changes() override {
        if (store_.closed()) throw Error(Code::closed, store_.options().path + " has been closed");
        return std::make_unique<ChangeSignal>(store_);
    }

    driver::Statistics statistics() override;

    void ping() override { begin({.mode = Mode::read, .control = {}})->tables(); }

    void close() override { store_.close(); }

private:
    Store store_;
    driver::Capabilities capabilities_;
};

std::int64_t file_bytes(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0 : static_cast<std::int64_t>(size);
}

driver::Statistics SqliteBackend::statistics() {
    ReaderLease lease = store_.reader();
    const Connection& connection = lease.session().connection();
    const StoreOptions& options = store_.options();
    const std::int64_t file = file_bytes(options.path);
    const std::int64_t log = file_bytes(options.path + "-wal");
    const auto number = [&](std::string_view sql) { return std::to_string(connection.number(sql)); };
    return {.bytes = file + log,
            .details = {{"file", options.path},
                        {"file bytes", std::to_string(file)},
                        {"log bytes", std::to_string(log)},
                        {"pages", number("PRAGMA page_count")},
                        {"free pages", number("PRAGMA freelist_count")},
                        {"page size", number("PRAGMA page_size")},
                        {"journal mode", connection.text("PRAGMA journal_mode")},
                        {"synchronous", options.durability == driver::Durability::durable ? "FULL" : "NORMAL"},
                        {"format version", std::to_string(format_of(connection.number("PRAGMA user_version")))},
                        {"SQLite", sqlite3_libversion()}}};
}

driver::Durability parse_durability(const std::string& text) {
    if (text == "durable") return driver::Durability::durable;
    if (text == "process") return driver::Durability::process;
    throw Error(Code::invalid_url, "sqlite: durability is durable or process, not \"" + text + "\"");
}

std::chrono::milliseconds parse_timeout(const std::string& text) {
    constexpr int longest = 24 * 60 * 60 * 1000;
    int milliseconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
    if (error != std::errc() || end != text.data() + text.size() || milliseconds < 0 || milliseconds > longest) {
        throw Error(Code::invalid_url, "sqlite: busy_timeout is a number of milliseconds up to " +
                                           std::to_string(longest) + ", not \"" + text + "\"");
    }
    return std::chrono::milliseconds(milliseconds);
}

}  // namespace

std::unique_ptr<driver::Backend> open_sqlite(driver::StoreUrl url) {
    StoreOptions options;
    options.path = std::move(url.path);
    options.durability = parse_durability(url.take("durability", "durable"));
    options.busy_timeout = parse_timeout(url.take("busy_timeout", "5000"));
    url.require_all_taken();
    return open_sqlite(options);
}

std::unique_ptr<driver::Backend> open_sqlite(const StoreOptions& options) {
    if (options.path.empty()) throw Error(Code::invalid_url, "sqlite: needs the name of a file, as in sqlite:data.db");
    return std::make_unique<SqliteBackend>(options);
}

}  // namespace sheaf::sqlite
