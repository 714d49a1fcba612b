// The conformance suite on postgres:, in a schema of its own per test.
#include "conformance/conformance.hpp"
#include "storage/postgres/postgres_backend.hpp"
#include "support/postgres_schema.hpp"

namespace sheaf {

class PostgresHarness : public conformance::Harness {
public:
    explicit PostgresHarness(std::string parameters) : parameters_(std::move(parameters)) {}
    std::unique_ptr<driver::Backend> open_empty() override { return open(); }
    std::unique_ptr<driver::Backend> reopen() override { return open(); }
    std::unique_ptr<driver::Backend> second_handle() override { return open(); }

private:
    std::unique_ptr<driver::Backend> open() const {
        return postgres::open_postgres(driver::StoreUrl::parse(schema_.url(parameters_)));
    }

    testing_support::PostgresSchema schema_;
    std::string parameters_;
};

}  // namespace sheaf

SHEAF_CONFORMANCE(postgres, [] { return std::make_unique<sheaf::PostgresHarness>("durability=durable&pool=128"); });
SHEAF_CONFORMANCE(postgres_plain, [] {
    return std::make_unique<sheaf::PostgresHarness>("durability=process&pushdown=off&notify=on&pool=128");
});
