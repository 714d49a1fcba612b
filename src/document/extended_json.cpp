#include "document/extended_json.hpp"

#include <algorithm>
#include <array>

namespace sheaf {

namespace {

struct Entry {
    std::string_view key;
    Wrapper wrapper;
    bool held;
};

constexpr auto table = std::to_array<Entry>({
    {"$numberInt", Wrapper::number_int, true},
    {"$numberLong", Wrapper::number_long, true},
    {"$numberDouble", Wrapper::number_double, true},
    {"$date", Wrapper::date, true},
    {"$oid", Wrapper::oid, true},
    {"$binary", Wrapper::binary, true},
    {"$uuid", Wrapper::uuid, false},
    {"$numberDecimal", Wrapper::decimal128, false},
    {"$timestamp", Wrapper::timestamp, false},
    {"$regularExpression", Wrapper::regular_expression, false},
    {"$minKey", Wrapper::min_key, false},
    {"$maxKey", Wrapper::max_key, false},
    {"$code", Wrapper::code, false},
    {"$scope", Wrapper::scope, false},
    {"$symbol", Wrapper::symbol, false},
    {"$dbPointer", Wrapper::db_pointer, false},
    {"$undefined", Wrapper::undefined, false},
});

}  // namespace

std::optional<Wrapper> wrapper_of(std::string_view key) {
    if (key.empty() || key.front() != '$') return std::nullopt;
    const auto found = std::find_if(table.begin(), table.end(), [&](const Entry& entry) { return entry.key == key; });
    if (found == table.end()) return std::nullopt;
    return found->wrapper;
}

bool is_held(Wrapper wrapper) {
    return std::any_of(table.begin(), table.end(),
                       [&](const Entry& entry) { return entry.wrapper == wrapper && entry.held; });
}

}  // namespace sheaf
