// The fields that every command may carry: comment, maxTimeMS, read and write concern, session and API version.
#include <algorithm>

#include <sheaf/error.hpp>

#include "commands/command.hpp"
#include "commands/options.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

[[noreturn]] void refuse(int mongo, const std::string& message, std::string_view path) {
    query::fail(Code::invalid_argument, mongo, message, path);
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
        if (w.size() == 0) refuse(9, "writeConcern.w cannot be an empty object", "w");
        for (const auto [tag, count] : w.members()) {
            if (!count.is_number()) refuse(9, "writeConcern.w must have numbers, not " + query::describe(count), "w");
        }
        return;
    }
    if (w.is_null()) refuse(2, "writeConcern.w cannot be null", "w");
    if (w.type() == Type::string) return check_one_of("writeConcern.w", w, {"majority"});
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

void check_provenance(View value) {
    check_one_of(
        "provenance", value,
        {"clientSupplied", "implicitDefault", "customDefault", "getLastErrorDefaults", "internalWriteDefault"});
}

constexpr Field<Nothing> write_concern_fields[] = {
    {"w", Types::any, [](Nothing&, View value) { check_acknowledgement(value); }},
    {"j", Types::boolean_or_number},
    {"fsync", Types::boolean_or_number},
    {"wtimeout", Types::any, check_timeout},
    {"provenance", Types::string, [](Nothing&, View value) { check_provenance(value); }},
};

struct ReadConcern {
    std::string level{};
};

void take_level(ReadConcern& concern, View value) {
    check_one_of("readConcern.level", value, {"local", "available", "majority", "linearizable", "snapshot"});
    concern.level = std::string(value.string());
}

constexpr Field<ReadConcern> read_concern_fields[] = {
    {"level", Types::string, take_level},
    {"provenance", Types::string, [](ReadConcern&, View value) { check_provenance(value); }},
    {"afterClusterTime", Types::timestamp, nullptr, Need::not_null},
    {"atClusterTime", Types::timestamp, nullptr, Need::not_null},
};

void take_write_concern(CommonArguments& arguments, View value) {
    arguments.has_write_concern = true;
    Nothing nothing;
    parse_fields<Nothing>(value, "writeConcern", write_concern_fields, nothing);
}

void take_read_concern(CommonArguments& arguments, View value) {
    ReadConcern concern;
    parse_fields<ReadConcern>(value, "readConcern", read_concern_fields, concern);
    arguments.read_level = std::move(concern.level);
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

// The read concern that a command has to take for a level.
Reads needed_for(std::string_view level) {
    if (level.empty() || level == "local") return Reads::local;
    return level == "snapshot" ? Reads::snapshot : Reads::committed;
}

}  // namespace

void check_one_of(std::string_view name, View value, std::initializer_list<std::string_view> words) {
    if (std::find(words.begin(), words.end(), value.string()) != words.end()) return;
    refuse(2, std::string(name) + " cannot be " + query::describe(value), name);
}

void check_arguments(const Command& command, const CommonArguments& arguments) {
    const std::string& level = arguments.read_level;
    if (needed_for(level) > command.reads) {
        refuse(72, std::string(command.name) + " does not take the read concern " + level, "readConcern");
    }
    if (level == "snapshot" || level == "linearizable") {
        refuse(123, "the read concern " + level + " needs several servers: sheaf is one", "readConcern");
    }
    if (arguments.has_write_concern && command.writes == Writes::no) {
        refuse(72, std::string(command.name) + " does not take a write concern", "writeConcern");
    }
    if (!arguments.refused.empty()) refuse_option(arguments.refused);
}

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
