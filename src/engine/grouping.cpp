#include "engine/grouping.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "engine/find_cursor.hpp"

namespace sheaf::engine {

namespace {

constexpr char missing_byte = static_cast<char>(0xFF);  // begins no value
constexpr std::size_t allocation_bytes = 16;            // that an allocation costs beside what it is asked for

std::size_t size_of(const Bytes& bytes) {
    const bool is_inside = bytes.capacity() < sizeof(Bytes) / 2;
    return sizeof(Bytes) + (is_inside ? 0 : bytes.capacity() + allocation_bytes);
}

// Calls `visit(value)` for each of the encoded values, which may be missing.
template <class Visit>
void for_each_shown(const Bytes& shown, const Visit& visit) {
    const char* const end = shown.data() + shown.size();
    for (const char* at = shown.data(); at != end;) {
        const View value = *at == missing_byte ? View() : View(at, end);
        visit(value);
        at += value ? value.encoded().size() : 1;
    }
}

}  // namespace

std::optional<FieldReader> input_of(const FieldAggregate& aggregate, const Limits& limits) {
    if (!aggregate.field.empty()) return FieldReader(aggregate.field, limits);
    if (aggregate.op == Aggregate::count) return std::nullopt;
    throw Error(Code::invalid_argument, std::string(name(aggregate.op)) + " needs the path of a field");
}

Grouping::Grouping(const std::vector<std::string>& fields, const std::vector<FieldAggregate>& aggregates,
                   const GroupOptions& options, const Limits& limits)
    : aggregates_(aggregates), options_(options), limits_(limits) {
    check_limit_and_skip(options.limit, options.skip);
    for (const std::string& field : fields) fields_.emplace_back(field, limits);
    for (const FieldAggregate& aggregate : aggregates) inputs_.push_back(input_of(aggregate, limits));
    const std::size_t columns = fields.size() + aggregates.size();
    for (const GroupSort& sort : options.sort) {
        if (sort.column < columns) continue;
        throw Error(Code::invalid_argument, "the groups cannot be sorted by column " + std::to_string(sort.column) +
                                                ": there are " + std::to_string(columns) + ", counted from 0");
    }
}

void Grouping::add(const query::Subject& document) {
    key_.clear();
    values_.clear();
    for (FieldReader& field : fields_) {
        values_.push_back(field.value(document));
        append_key(key_, values_.back());
    }
    const std::size_t first = find_group() * inputs_.size();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        FieldTally& tally = tallies_[first + i];
        if (!inputs_[i]) {
            tally.add_documents(1);
        } else if (const std::size_t grown = tally.add(aggregates_[i].op, inputs_[i]->value(document))) {
            hold(grown);
        }
    }
}

void Grouping::add(const driver::GroupCount& counted) {
    key_.clear();
    values_.clear();
    for (const Bytes& value : counted.values) {
        values_.push_back(value.empty() ? View() : View(value));
        append_key(key_, values_.back());
    }
    const std::size_t first = find_group() * inputs_.size();
    for (std::size_t i = 0; i < inputs_.size(); ++i) tallies_[first + i].add_documents(counted.count);
}

// Without fields there would be a group even where there is no document.
std::optional<std::vector<std::vector<std::string>>> Grouping::paths_to_count() const {
    const bool counts = std::none_of(inputs_.begin(), inputs_.end(), [](const auto& input) { return bool(input); });
    if (fields_.empty() || !counts) return std::nullopt;
    std::vector<std::vector<std::string>> paths;
    for (const FieldReader& field : fields_) {
        auto keys = field.lowered_path();
        if (!keys) return std::nullopt;
        paths.push_back(std::move(*keys));
    }
    return paths;
}

std::size_t Grouping::find_group() {
    const auto found = places_.find(BytesView(key_));
    return found != places_.end() ? found->second : add_group();
}

std::size_t Grouping::add_group() {
    Bytes shown;
    for (const View value : values_) value ? shown.append(value.encoded()) : shown.append(1, missing_byte);
    const std::size_t group = shown_.size();
    const Bytes& key = places_.emplace(key_, group).first->first;
    constexpr std::size_t links = 3 * sizeof(void*);  // to the next place, its hash, and to the place
    hold(size_of(key) + sizeof(std::size_t) + links + allocation_bytes + size_of(shown) +
         inputs_.size() * sizeof(FieldTally));
    shown_.push_back(std::move(shown));
    for (std::size_t i = 0; i < inputs_.size(); ++i) tallies_.emplace_back();
    return group;
}

void Grouping::hold(std::size_t bytes) {
    held_ += bytes;
    if (held_ <= limits_.pipeline_bytes) return;
    throw Error(Code::limit_exceeded, "the groups need more than " + std::to_string(limits_.pipeline_bytes) +
                                          " bytes of memory (Limits::pipeline_bytes); give a narrower filter or group "
                                          "by fields with fewer values");
}

// Descending columns are inverted bit by bit, and a byte ends the whole that is neither 00 nor FF: see query/sort.cpp.
std::vector<Grouping::Ranked> Grouping::ranked() {
    std::vector<Ranked> ranked;
    hold(places_.size() * sizeof(Ranked));
    ranked.reserve(places_.size());
    for (const auto& [key, group] : places_) {
        Bytes columns;
        for (const GroupSort& sort : options_.sort) append_column(columns, group, sort);
        if (!columns.empty()) columns.push_back('\1');
        hold(size_of(columns) - sizeof(Bytes));
        ranked.push_back({std::move(columns), &key, group});
    }
    return ranked;
}

void Grouping::append_column(Bytes& out, std::size_t group, const GroupSort& sort) const {
    const std::size_t begin = out.size();
    if (sort.column >= fields_.size()) {
        const std::size_t i = sort.column - fields_.size();
        append_key(out, View(encode(tallies_[group * inputs_.size() + i].result(aggregates_[i]))));
    } else {
        std::size_t column = 0;
        for_each_shown(shown_[group], [&](View value) {
            if (column++ == sort.column) append_key(out, value);
        });
    }
    if (!sort.descending) return;
    for (std::size_t at = begin; at < out.size(); ++at) out[at] = static_cast<char>(~out[at]);
}

std::vector<Group> Grouping::take() {
    std::vector<Ranked> order = ranked();
    const auto count = static_cast<std::int64_t>(order.size());
    const std::int64_t begin = std::min(options_.skip, count);
    const std::int64_t end = options_.limit == 0 ? count : begin + std::min(options_.limit, count - begin);
    if (end < count) std::nth_element(order.begin(), order.begin() + end, order.end());
    std::sort(order.begin(), order.begin() + end);
    std::vector<Group> groups;
    groups.reserve(static_cast<std::size_t>(end - begin));
    for (std::int64_t i = begin; i < end; ++i) groups.push_back(result(order[static_cast<std::size_t>(i)].group));
    return groups;
}

Group Grouping::result(std::size_t number) {
    Group group;
    group.keys.reserve(fields_.size());
    group.values.reserve(aggregates_.size());
    hold(sizeof(Group) + 2 * allocation_bytes + fields_.size() * sizeof(std::optional<Value>) +
         aggregates_.size() * sizeof(Value) + shown_[number].size());
    for_each_shown(shown_[number],
                   [&](View value) { group.keys.push_back(value ? std::optional(value.to_value()) : std::nullopt); });
    for (std::size_t i = 0; i < aggregates_.size(); ++i) {
        group.values.push_back(tallies_[number * inputs_.size() + i].result(aggregates_[i]));
    }
    return group;
}

}  // namespace sheaf::engine
