// sheaf::Error: the one exception that sheaf throws, with a flat code, a message that names the place, and data fields.
//
// Absence is not an error (functions return std::optional for it). Destructors never throw.
//
// Threads: an Error is an immutable value; copying it never throws and copies share their details.
//
//     try {
//         users.update_one(filter, update, {.expected_version = ExpectedVersion::exactly(3)});
//     } catch (const sheaf::Error& error) {
//         if (error.code() == sheaf::Code::version_mismatch) retry(error.details().actual_version);
//     }
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sheaf {

enum class Code : std::uint8_t {
#define SHEAF_ERROR_CODE(name, mongo, http, exit_code) name,
#include <sheaf/error_codes.def>
#undef SHEAF_ERROR_CODE
};

// What each code is called elsewhere. The names are stable and are what travels over a wire.
struct CodeInfo {
    Code code;
    std::string_view name;
    int mongo;      // MongoDB's error number
    int http;       // HTTP status
    int exit_code;  // of the command line: 1 failed, 3 conflict or duplicate
};

std::span<const CodeInfo> error_codes();
const CodeInfo& info(Code code);

// Everything that a program may want to act on; empty or absent where it does not apply.
struct ErrorDetails {
    // Each member has an initialiser, so that naming some of them does not warn.
    std::string collection{};
    std::string id{};    // the document's _id as Extended JSON text
    std::string path{};  // dotted path inside the document, filter or update
    std::string op{};    // the operator, such as "$inc"
    // Of a duplicate_key: the unique index ("_id_" for ids), its keys and the values that are taken, as Extended JSON
    // texts of documents.
    std::string index{};
    std::string key_pattern{};
    std::string key_value{};
    std::optional<std::int64_t> expected_version{};
    std::optional<std::int64_t> actual_version{};  // absent: the document does not exist
    int mongo = 0;                                 // MongoDB's number, where it is finer than the code's own
    std::size_t line = 0;                          // 1-based; 0: not a text position
    std::size_t column = 0;                        // 1-based, in bytes
};

class Error : public std::exception {
public:
    Error(Code code, std::string_view message, ErrorDetails details = {});

    Code code() const noexcept { return code_; }
    // "code_name: message"
    const char* what() const noexcept override { return state_->text.c_str(); }
    // The message without the code's name.
    std::string_view message() const noexcept;
    const ErrorDetails& details() const noexcept { return state_->details; }
    // The number that MongoDB gives for this mistake: the finest that is known.
    int mongo_code() const noexcept;

    // The same error with a prefix put before the message, such as "row 17: ".
    Error with_context(std::string_view prefix) const;

private:
    struct State {
        std::string text;
        ErrorDetails details;
    };
    Code code_;
    std::shared_ptr<const State> state_;
};

}  // namespace sheaf
