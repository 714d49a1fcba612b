#include <sheaf/open.hpp>

#include <sheaf/error.hpp>

#include <utility>

#include "base/clock.hpp"
#include "engine/store.hpp"
#include "storage/memory/memory_backend.hpp"
#include "storage/postgres/postgres_backend.hpp"
#include "storage/sqlite/sqlite_backend.hpp"

namespace sheaf {

driver::Registry default_registry() {
    driver::Registry registry;
    registry.add("memory", [](driver::StoreUrl url) { return memory::open_memory(std::move(url)); });
    registry.add("sqlite", [](driver::StoreUrl url) { return sqlite::open_sqlite(std::move(url)); });
    for (const char* scheme : {"postgres", "postgresql"}) {
        registry.add(scheme, [](driver::StoreUrl url) { return postgres::open_postgres(std::move(url)); });
    }
    return registry;
}

Database open(std::unique_ptr<driver::Backend> backend, const OpenOptions& options) {
    using std::chrono::milliseconds;
    if (options.expire_every < milliseconds::zero()) {
        throw Error(Code::invalid_argument, "expire_every is negative; zero is never");
    }
    auto store = std::make_shared<engine::Store>(std::move(backend), options.limits, system_clock(), system_random());
    if (options.expire_every > milliseconds::zero()) store->start_expiring(options.expire_every);
    return make_database(std::move(store));
}

Database open(std::string_view url, const OpenOptions& options) {
    return open(options.registry != nullptr ? options.registry->open(url) : default_registry().open(url), options);
}

}  // namespace sheaf
