// The plain aggregates of Collection.
#include <sheaf/collection.hpp>

#include <utility>

#include "engine/find_cursor.hpp"
#include "engine/grouping.hpp"
#include "engine/index_only.hpp"
#include "engine/reading.hpp"

namespace sheaf {

using engine::Target;

namespace {

// From an index; nothing where the documents have to be read.
std::optional<Value> extreme_value(const Target& target, Aggregate op, std::string_view field, const Document& filter,
                                   const CountOptions& options) {
    const engine::Reading reading(target, filter, options);
    const auto which = op == Aggregate::min ? engine::Extreme::smallest : engine::Extreme::largest;
    Bytes value;
    if (!engine::extreme_by_index(reading.tx(), *target.store, target.name, field, which, reading.query, value)) {
        return {};
    }
    return value.empty() ? Value() : View(value).to_value();
}

}  // namespace

bool Collection::exists(const Document& filter, const CountOptions& options) const {
    CountOptions first = options;
    first.limit = 1;
    return count_documents(filter, first) > 0;
}

Value Collection::aggregate(Aggregate op, std::string_view field, const Document& filter,
                            const CountOptions& options) const {
    engine::check_limit_and_skip(options.limit, options.skip);
    const FieldAggregate aggregate{op, std::string(field)};
    auto input = engine::input_of(aggregate, store_->limits());
    if (!input) return count_documents(filter, options);
    const bool extreme = op == Aggregate::min || op == Aggregate::max;
    const Target target{store_, session_, name_};
    return target.read(options.control, [&]() -> Value {
        if (extreme && options.limit == 0 && options.skip == 0) {
            if (auto found = extreme_value(target, op, field, filter, options)) return std::move(*found);
        }
        engine::FieldTally tally;
        std::int64_t seen = 0;
        engine::visit_matches(target, filter, options, [&](const driver::RowView& row) {
            if (++seen > options.skip) tally.add(op, input->value(engine::subject_of(row)));
            return options.limit == 0 || seen - options.skip < options.limit;
        });
        return tally.result(aggregate);
    });
}

std::vector<Group> Collection::group_by(const std::vector<std::string>& fields,
                                        const std::vector<FieldAggregate>& aggregates, const Document& filter,
                                        const GroupOptions& options) const {
    const Target target{store_, session_, name_};
    return target.read(options.control, [&] {
        engine::Grouping grouping(fields, aggregates, options, store_->limits());
        const engine::Reading reading(target, filter, options);
        engine::Matches matches(reading.tx(), *store_, name_, reading.query, reading.control);
        if (auto paths = grouping.paths_to_count()) {
            for (const driver::GroupCount& group : matches.groups_in_backend(std::move(*paths))) grouping.add(group);
        }
        driver::RowView row;
        while (matches.next(row)) grouping.add(engine::subject_of(row));
        return grouping.take();
    });
}

}  // namespace sheaf
