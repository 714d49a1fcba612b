// Target: what the methods of a Collection work on: the store, the transaction that the handle belongs to, if any, and
// the collection's name; and how an operation runs there.
//
// Threads: as its Collection. Lifetime: borrows from the Collection for one call.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/run_and_commit.hpp"
#include "engine/writer.hpp"
#include "query/settings.hpp"

namespace sheaf::engine {

// `operation` for what changes one document under the version that it has read, or only inserts; `serializable` for all
// else: what changes several documents, or inserts because it has found none.
driver::Isolation isolation_of(Reach reach, Upsert upsert = Upsert::no);

struct Target {
    const std::shared_ptr<Store>& store;
    const std::shared_ptr<Session>& joined;  // null: each operation has a transaction of its own
    const std::string& name;

    const Limits& limits() const { return store->limits(); }
    // What the expressions of one call may use beside fields.
    query::Bindings bindings(const Document& let, std::optional<DateTime> now = {}) const;

    // Runs in the handle's transaction, or in one of its own; again, where the backend reports a conflict, and as
    // serializable where the operation throws Overlooked.
    void write(const Control& control, driver::Isolation isolation,
               const std::function<void(Writer&)>& operation) const;
    void change_tables(const Control& control, const std::function<void(driver::Transaction&)>& change) const;
    // Runs what reads through reading(): again, as run_reading() says, unless in the handle's transaction.
    template <typename Read>
    auto read(const Control& control, const Read& read) const {
        return joined != nullptr ? read() : run_reading(*store, control, read);
    }
    // `operation` for what gets one document in one call.
    std::shared_ptr<Session> reading(const Control& control,
                                     driver::Isolation isolation = driver::Isolation::serializable) const;
};

}  // namespace sheaf::engine
