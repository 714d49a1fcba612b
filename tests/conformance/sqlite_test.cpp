// The conformance suite on sqlite:, in a folder of its own per test.
#include "conformance/conformance.hpp"
#include "storage/sqlite/sqlite_backend.hpp"
#include "support/temp_dir.hpp"

namespace sheaf {

class SqliteHarness : public conformance::Harness {
public:
    SqliteHarness(std::string durability, int busy_timeout)
        : parameters_("?durability=" + durability + "&busy_timeout=" + std::to_string(busy_timeout)),
          busy_timeout_(busy_timeout) {}
    std::unique_ptr<driver::Backend> open_empty() override { return open(); }
    std::unique_ptr<driver::Backend> reopen() override { return open(); }
    std::unique_ptr<driver::Backend> second_handle() override { return open(); }
    std::optional<std::chrono::milliseconds> busy_after() const override { return busy_timeout_; }

private:
    std::unique_ptr<driver::Backend> open() const {
        return sqlite::open_sqlite(driver::StoreUrl::parse("sqlite:" + dir_.path("store.db") + parameters_));
    }

    testing_support::TempDir dir_;
    std::string parameters_;
    std::chrono::milliseconds busy_timeout_;
};

}  // namespace sheaf

SHEAF_CONFORMANCE(sqlite, [] { return std::make_unique<sheaf::SqliteHarness>("durable", 5'000); });
SHEAF_CONFORMANCE(sqlite_process, [] { return std::make_unique<sheaf::SqliteHarness>("process", 2'000); });
