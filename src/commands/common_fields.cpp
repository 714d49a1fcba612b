// The fields that every command may carry: comment, maxTimeMS, read and write concern, session and API version.
#include <algorithm>
#include <array>

#include <sheaf/error.hpp>

#include "commands/fields.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

[[noreturn]] void refuse(int mongo, const std::string& message, std::string_view path) {
    query::fail(Code::invalid_argument, mongo, message, path);
}

template <std::size_t n>
void check_one_of(std::string_view name, View value, const std::array<std::string_view, n>& words) {
    if (std::find(words.begin(), words.end(), value.string()) == words.end()) {
        refuse(2, std::string(name) + " cannot be " + query::describe(value), name);
    }
}

void take_max_time(CommonArguments& arguments, View value) {
    const std::int64_t ms = whole_number("maxTimeMS", value);
    if (ms > INT32_MAX) refuse(2, "maxTimeMS is larger than 2147483647", "maxTimeMS");
    if (ms == 0) return;
    const auto deadline = Control::within(std::chrono::milliseconds(ms));
    auto& mine = arguments.control.deadline;
    if (!mine || deadline < *mine) mine = deadline;
}

// sheaf acknowledges every write when it is as durable as the store was opened for: what asks for one server or for the
// majority of one is satisfied.
void check_acknowledgement(View w) {
    constexpr std::int64_t most_servers = 50;
    if (w.is_object()) {
        for (const auto [tag, count] : w.members()) {
            if (!count.is_number()) refuse(9, "writeConcern.w must have numbers, not " + query::describe(count), "w");
        }
        return;
    }
    if (w.is_null()) refuse(2, "writeConcern.w cannot be null", "w");
    if (w.type() == Type::string) return check_one_of("writeConcern.w", w, std::array<std::string_view, 1>{"majority"});
    if (!w.is_number()) refuse(9, "writeConcern.w must be a number or a string, not " + query::describe(w), "w");
    const std::int64_t servers = truncated_number("writeConcern.w", w, INT64_MIN);
    if (servers < 0 || servers > most_servers) refuse(9, "writeConcern.w must be between 0 and 50", "w");
    if (servers > 1) refuse(2, "writeConcern.w cannot be more than 1: sheaf is one server", "w");
}

struct Nothing {};

void check_timeout(Nothing&, View value) {
    if (value.is_number() && truncated_number("wtimeout", value, INT64_MIN) > INT32_MAX) {
        refuse(9, "writeConcern.wtimeout is larger than 2147483647", "wtimeout");
    }
}

void check_provenance(Nothing&, View value) {
    check_one_of("provenance", value,
                 std::array<std::string_view, 5>{"clientSupplied", "implicitDefault", "customDefault",
                                                 "getLastErrorDefaults", "internalWriteDefault"});
}

constexpr Field<Nothing> write_concern_fields[] = {
    {"w", Types::any, [](Nothing&, View value) { check_acknowledgement(value); }},
    {"j", Types::boolean_or_number},
    {"fsync", Types::boolean_or_number},
    {"wtimeout", Types::any, check_timeout},
    {"provenance", Types::string, check_provenance},
};

// What needs several servers is refused as one server refuses it.
void check_level(Nothing&, View value) {
    if (value.string() == "snapshot" || value.string() == "linearizable") {
        refuse(123, "readConcern.level cannot be " + query::describe(value) + ": sheaf is one server", "level");
    }
    check_one_of("readConcern.level", value, std::array<std::string_view, 3>{"local", "available", "majority"});
}

constexpr Field<Nothing> read_concern_fields[] = {
    {"level", Types::string, check_level},
    {"provenance", Types::string, check_provenance},
};

void take_write_concern(CommonArguments&, View value) {
    Nothing nothing;
    parse_fields<Nothing>(value, "writeConcern", write_concern_fields, nothing);
}

void take_read_concern(CommonArguments&, View value) {
    Nothing nothing;
    parse_fields<Nothing>(value, "readConcern", read_concern_fields, nothing);
}

void take_api_version(CommonArguments&, View value) {
    if (value.string() != "1") refuse(322, "apiVersion must be \"1\", not " + query::describe(value), "apiVersion");
}

void refuse_transaction(CommonArguments&, View) {
    refuse(20, "sheaf's commands have no multi-command transactions and no retryable writes", "txnNumber");
}

constexpr Field<CommonArguments> common_fields[] = {
    {"$db", Types::string},
    {"comment", Types::any},
    {"maxTimeMS", Types::number, take_max_time},
    {"writeConcern", Types::object, take_write_concern},
    {"readConcern", Types::object, take_read_concern},
    {"lsid", Types::object},
    {"$clusterTime", Types::object},
    {"$readPreference", Types::object},
    {"apiVersion", Types::string, take_api_version},
    {"apiStrict", Types::boolean},
    {"apiDeprecationErrors", Types::boolean},
    {"txnNumber", Types::any, refuse_transaction},
    {"startTransaction", Types::any, refuse_transaction},
    {"autocommit", Types::any, refuse_transaction},
};

}  // namespace

bool take_common(CommonArguments& arguments, std::string_view key, View value) {
    for (const Field<CommonArguments>& field : common_fields) {
        if (field.name != key) continue;
        const bool given = has_value({"command", field.name, field.types, field.need, field.wrong_type}, value);
        if (given && field.take != nullptr) field.take(arguments, value);
        return true;
    }
    return false;
}

}  // namespace sheaf::commands
