// A backend around another one, for tests of the engine: it notes what is called, and a test can let calls fail as they
// do where write transactions run side by side.
//
// Threads: as far as the Observer's functions allow. The Observer must outlive the backend.
//
//     Observer observer;
//     observer.before = [&](std::string_view call) { if (call == "commit") throw Error(Code::serialization, "..."); };
//     OpenStore open(observed(memory::open_memory(), observer));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sheaf/driver/backend.hpp>

namespace sheaf::testing {

struct Observer {
    using Rows = std::vector<std::optional<driver::Row>>;

    std::vector<driver::BeginOptions> begun{};
    std::vector<std::string> calls{};  // "begin", and then of the transactions
    std::function<void(std::string_view call)> before{};
    std::function<void(std::vector<driver::Outcome>&)> applied{};  // instead of applying, where it fills them in
    std::function<void(Rows&)> locked{};
    std::function<void(driver::Scan&)> scanning{};  // may change what is read
    driver::Capabilities capabilities{.backend = "observed", .concurrent_writers = true, .row_locks = true};

    void note(std::string_view call) {
        calls.emplace_back(call);
        if (before) before(call);
    }
    void forget() {
        begun.clear();
        calls.clear();
    }
};

class ObservedTransaction final : public driver::Transaction {
public:
    ObservedTransaction(std::unique_ptr<driver::Transaction> inner, Observer& observer)
        : inner_(std::move(inner)), observer_(observer) {}

    std::vector<driver::TableInfo> tables() override { return called("tables").tables(); }
    std::optional<driver::TableInfo> find_table(std::string_view name) override {
        return called("find_table").find_table(name);
    }
    void describe_table(std::string_view name, BytesView description) override {
        called("describe_table").describe_table(name, description);
    }
    std::uint64_t catalog_stamp() override { return called("catalog_stamp").catalog_stamp(); }
    bool ensure_table(std::string_view name, driver::TableKind kind) override {
        return called("ensure_table").ensure_table(name, kind);
    }
    void rename_table(std::string_view from, std::string_view to) override {
        called("rename_table").rename_table(from, to);
    }
    bool drop_table(std::string_view name) override { return called("drop_table").drop_table(name); }
    std::optional<driver::Row> get(std::string_view table, BytesView key) override {
        return called("get").get(table, key);
    }
    Observer::Rows get_many(std::string_view table, std::span<const BytesView> keys) override {
        return called("get_many").get_many(table, keys);
    }
    std::unique_ptr<driver::Cursor> scan(std::string_view table, const driver::Scan& scan) override {
        driver::Scan what = scan;
        if (observer_.scanning) observer_.scanning(what);
        return called("scan").scan(table, what);
    }
    std::unique_ptr<driver::Cursor> fetch(std::string_view table, const driver::IndexScan& scan) override {
        return called("fetch").fetch(table, scan);
    }
    std::int64_t count(std::string_view table, std::span<const driver::KeyRange> ranges, std::int64_t limit) override {
        return called("count").count(table, ranges, limit);
    }
    std::int64_t estimate(std::string_view table) override { return called("estimate").estimate(table); }
    std::vector<driver::Outcome> apply(std::string_view table, std::span<const driver::Write> writes) override {
        driver::Transaction& inner = called("apply");
        std::vector<driver::Outcome> outcomes;
        if (observer_.applied) observer_.applied(outcomes);
        return outcomes.empty() ? inner.apply(table, writes) : outcomes;
    }
    Observer::Rows lock_rows(std::string_view table, std::span<const BytesView> keys, driver::LockWait wait) override {
        Observer::Rows rows = called("lock_rows").lock_rows(table, keys, wait);
        if (observer_.locked) observer_.locked(rows);
        return rows;
    }
    bool lock_name(std::string_view name, driver::LockWait wait) override {
        return called("lock_name").lock_name(name, wait);
    }
    void exclude_writers(std::string_view table) override { called("exclude_writers").exclude_writers(table); }
    void commit() override { called("commit").commit(); }

private:
    driver::Transaction& called(std::string_view call) {
        observer_.note(call);
        return *inner_;
    }

    std::unique_ptr<driver::Transaction> inner_;
    Observer& observer_;
};

class ObservedBackend final : public driver::Backend {
public:
    ObservedBackend(std::unique_ptr<driver::Backend> inner, Observer& observer)
        : inner_(std::move(inner)), observer_(observer) {}

    const driver::Capabilities& capabilities() const override { return observer_.capabilities; }
    std::unique_ptr<driver::Transaction> begin(const driver::BeginOptions& options) override {
        observer_.begun.push_back(options);
        observer_.note("begin");
        return std::make_unique<ObservedTransaction>(inner_->begin(options), observer_);
    }
    std::unique_ptr<driver::ChangeSignal> changes() override { return inner_->changes(); }
    driver::Statistics statistics() override { return inner_->statistics(); }
    void ping() override { inner_->ping(); }
    void close() override { inner_->close(); }

private:
    std::unique_ptr<driver::Backend> inner_;
    Observer& observer_;
};

inline std::unique_ptr<driver::Backend> observed(std::unique_ptr<driver::Backend> inner, Observer& observer) {
    return std::make_unique<ObservedBackend>(std::move(inner), observer);
}

}  // namespace sheaf::testing
