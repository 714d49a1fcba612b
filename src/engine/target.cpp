#include "engine/target.hpp"

#include "query/expression/let.hpp"

namespace sheaf::engine {

namespace {

constexpr int conflict_retries = 10;  // of a single operation, where the backend has concurrent writers

}  // namespace

query::Bindings Target::bindings(const Document& let) const {
    return query::make_bindings(let, store->now(), limits());
}

void Target::write(const Control& control, const std::function<void(Writer&)>& operation) const {
    const auto run = [&](Session& session) {
        Writer writer(session, name, control);
        operation(writer);
        writer.finish();
    };
    if (joined != nullptr) return run(*joined);
    run_and_commit(store, control, conflict_retries, [&](const auto& session) { run(*session); });
}

void Target::change_tables(const Control& control, const std::function<void(driver::Transaction&)>& change) const {
    control.check();
    if (joined != nullptr) return change(joined->tx());
    run_and_commit(store, control, conflict_retries, [&](const auto& session) { change(session->tx()); });
}

std::shared_ptr<Session> Target::reading(const Control& control) const {
    control.check();
    if (joined != nullptr) return joined;
    return std::make_shared<Session>(store, driver::Mode::read, control);
}

}  // namespace sheaf::engine
