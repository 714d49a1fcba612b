// What a command takes, as data: one table of fields per command, from which unknown fields, missing ones and values of
// a wrong type are refused with MongoDB's numbers, before anything runs.
//
//     struct Arguments : CommonArguments { std::int64_t skip = 0; };
//     constexpr Field<Arguments> fields[] = {
//         {"skip", Types::number, [](Arguments& a, View v) { a.skip = whole_number("skip", v); }},
//     };
//     const auto arguments = parse<Arguments>(invocation, fields);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/control.hpp>
#include <sheaf/document.hpp>

namespace sheaf::commands {

// What types a field takes. As in MongoDB, null stands for a field that is not there.
enum class Types : std::uint8_t {
    any,
    boolean,
    boolean_or_number,  // MongoDB's "safe bool"
    integer,            // int or long
    number,
    string,
    object,
    array,
    timestamp,  // which sheaf does not hold: nothing
};

enum class Need : std::uint8_t {
    optional,
    required,
    not_null,  // optional, but null is of a wrong type here
    required_not_null,
};

constexpr bool is_required(Need need) {
    return need == Need::required || need == Need::required_not_null;
}

template <typename Arguments>
struct Field {
    std::string_view name;
    Types types = Types::any;
    void (*take)(Arguments& arguments, View value) = nullptr;  // null: accepted, and means nothing to sheaf
    Need need = Need::optional;
    int wrong_type = 14;   // MongoDB's number
    bool refused = false;  // sheaf does not have it
};

// An option that sheaf does not have: its type is checked as MongoDB does, then it is refused by name.
template <typename Arguments>
constexpr Field<Arguments> refused(std::string_view name, Types types) {
    return {name, types, nullptr, Need::optional, 14, true};
}

// The name and wish of a field without what it does, so that the checks are not templates.
struct FieldInfo {
    std::string_view owner;  // "find", "update.updates"
    std::string_view name;
    Types types;
    Need need;
    int wrong_type;
};

// Whether there is a value to take; throws type_mismatch.
bool has_value(const FieldInfo& field, View value);
[[noreturn]] void throw_unknown_field(std::string_view owner, std::string_view name);
[[noreturn]] void throw_missing_field(std::string_view owner, std::string_view name);

// A part of a command, such as one element of `updates`.
template <typename Arguments>
void parse_fields(View object, std::string_view owner, std::span<const Field<Arguments>> fields, Arguments& arguments,
                  bool (*otherwise)(Arguments&, std::string_view key, View value) = nullptr) {
    std::uint64_t seen = 0;  // no table has 64 fields
    for (const auto [key, value] : object.members()) {
        std::size_t i = 0;
        while (i < fields.size() && fields[i].name != key) ++i;
        if (i == fields.size()) {
            if (otherwise == nullptr || !otherwise(arguments, key, value)) throw_unknown_field(owner, key);
            continue;
        }
        const Field<Arguments>& field = fields[i];
        if (!has_value({owner, field.name, field.types, field.need, field.wrong_type}, value)) continue;
        seen |= std::uint64_t{1} << i;
        if (field.take != nullptr) field.take(arguments, value);
        if constexpr (requires { arguments.refuse(field.name); }) {
            if (field.refused) arguments.refuse(field.name);
        }
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const bool missing = (seen >> i & 1U) == 0;
        if (missing && is_required(fields[i].need)) throw_missing_field(owner, fields[i].name);
    }
}

// What every command may carry.
struct CommonArguments {
    std::string collection{};
    Control control{};  // the caller's, narrowed by maxTimeMS
    Document let{};
    std::string read_level{};
    bool has_write_concern = false;
    std::string_view refused{};  // an option that sheaf does not have; refused when all fields have been looked at

    void refuse(std::string_view option) { refused = refused.empty() ? option : refused; }
};

// Takes a field that any command may carry; false when it is not one.
bool take_common(CommonArguments& arguments, std::string_view key, View value);

// The values of fields. `name` is for the message.
bool truth(View value);  // of a boolean or number
// Throws FailedToParse (9) for a number with a fraction, invalid_argument (2) for one below `least`.
std::int64_t whole_number(std::string_view name, View value, std::int64_t least = 0);
// Without its fraction.
std::int64_t truncated_number(std::string_view name, View value, std::int64_t least = 0);
void check_one_of(std::string_view name, View value, std::initializer_list<std::string_view> words);  // throws 2
Document document_of(View object);
std::vector<Document> documents_of(std::string_view name, View array);  // throws type_mismatch for other elements

}  // namespace sheaf::commands
