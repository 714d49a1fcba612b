#include "engine/target.hpp"

#include "query/expression/let.hpp"

namespace sheaf::engine {

driver::Isolation isolation_of(Reach reach, Upsert upsert) {
    const bool one = reach == Reach::one && upsert == Upsert::no;
    return one ? driver::Isolation::operation : driver::Isolation::serializable;
}

query::Bindings Target::bindings(const Document& let, std::optional<DateTime> now) const {
    return query::make_bindings(let, now ? *now : store->now(), limits());
}

void Target::write(const Control& control, driver::Isolation isolation,
                   const std::function<void(Writer&)>& operation) const {
    const auto run = [&](Session& session) {
        Writer writer(session, name, control);
        operation(writer);
        writer.finish();
    };
    if (joined != nullptr) return run(*joined);
    driver::BeginOptions options{.mode = driver::Mode::write, .isolation = isolation, .control = control};
    const auto run_as_told = [&] {
        run_and_commit(store, options, operation_retries, [&](const auto& session) { run(*session); });
    };
    try {
        run_as_told();
    } catch (const Overlooked&) {
        options.isolation = driver::Isolation::serializable;
        run_as_told();
    }
}

void Target::change_tables(const Control& control, const std::function<void(driver::Transaction&)>& change) const {
    control.check();
    if (joined != nullptr) return change(joined->tx());
    run_and_commit(store, {.mode = driver::Mode::write, .control = control}, operation_retries,
                   [&](const auto& session) { change(session->tx()); });
}

std::shared_ptr<Session> Target::reading(const Control& control, driver::Isolation isolation) const {
    control.check();
    if (joined != nullptr) return joined;
    return std::make_shared<Session>(store, driver::BeginOptions{.isolation = isolation, .control = control});
}

}  // namespace sheaf::engine
