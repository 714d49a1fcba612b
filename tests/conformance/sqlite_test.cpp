// The conformance suite on sqlite:, in a folder of its own per test.
#include "conformance/conformance.hpp"
#include "storage/sqlite/sqlite_backend.hpp"
#include "support/temp_dir.hpp"

namespace sheaf {

class SqliteHarness : public conformance::Harness {
public:
    explicit SqliteHarness(std::string parameters) : parameters_(std::move(parameters)) {}
    std::unique_ptr<driver::Backend> open_empty() override { return open(); }
    std::unique_ptr<driver::Backend> reopen() override { return open(); }
    std::unique_ptr<driver::Backend> second_handle() override { return open(); }

private:
    std::unique_ptr<driver::Backend> open() const {
        return sqlite::open_sqlite(driver::StoreUrl::parse("sqlite:" + dir_.path("store.db") + parameters_));
    }

    testing_support::TempDir dir_;
    std::string parameters_;
};

}  // namespace sheaf

SHEAF_CONFORMANCE(sqlite, [] { return std::make_unique<sheaf::SqliteHarness>(""); });
SHEAF_CONFORMANCE(sqlite_process, [] { return std::make_unique<sheaf::SqliteHarness>("?durability=process"); });
