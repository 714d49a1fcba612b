#include "support/empty_store.hpp"

#include <stdexcept>

namespace sheaf::testing_support {

EmptyStore::EmptyStore(std::string_view backend) {
    if (backend == "memory") {
        url_ = "memory:";
    } else if (backend == "sqlite") {
        folder_.emplace(TempDir::fast_parent());
        url_ = "sqlite:" + folder_->path("store.db") + "?durability=process";
    } else if (backend == "postgres" || backend == "postgres_plain") {
        schema_.emplace();
        url_ = schema_->url(backend == "postgres" ? "durability=process" : "durability=process&pushdown=off");
    } else {
        throw std::invalid_argument("there is no backend " + std::string(backend) + " for tests");
    }
}

std::string EmptyStore::patient_url() const {
    if (folder_) return url_ + "&busy_timeout=60000";
    if (schema_) return url_ + "&pool_timeout=60000&pool=20";
    return url_;
}

}  // namespace sheaf::testing_support
