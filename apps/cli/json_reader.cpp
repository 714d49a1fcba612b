#include "json_reader.hpp"

#include <fmt/format.h>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf::cli {

namespace {

constexpr std::size_t max_open = 10'000;
constexpr std::size_t max_key_bytes = 16U * 1024 * 1024;

bool is_space(int c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool is_digit(int c) {
    return c >= '0' && c <= '9';
}

bool is_hex(int c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string shown(int c) {
    if (c == Input::end) return "the end of the text";
    if (c < 0x20 || c >= 0x7F) return fmt::format("byte 0x{:02X}", c);
    return fmt::format("\"{}\"", static_cast<char>(c));
}

}  // namespace

void JsonReader::fail(std::string_view what) const {
    const Position at = input_.position();
    ErrorDetails details;
    details.line = at.line;
    details.column = at.column;
    throw Error(Code::invalid_json, fmt::format("{} at line {}, column {}", what, at.line, at.column), details);
}

void JsonReader::take() {
    if (capture_ != nullptr) {
        if (capture_->size() == limit_) {
            throw Error(Code::limit_exceeded, fmt::format("a value is longer than {} bytes", limit_));
        }
        capture_->push_back(static_cast<char>(input_.peek()));
    }
    input_.consume(1);
}

void JsonReader::space() {
    while (is_space(peek())) take();
}

int JsonReader::peek_token() {
    space();
    return peek();
}

void JsonReader::expect(char token, std::string_view what) {
    const int c = peek_token();
    if (c != token) fail(fmt::format("expected {}, found {}", what, shown(c)));
    take();
}

bool JsonReader::another(char close, bool first) {
    const int c = peek_token();
    if (c == close) {
        take();
        return false;
    }
    if (!first) expect(',', fmt::format("\",\" or \"{}\"", close));
    return true;
}

void JsonReader::skip_value() {
    capture_ = nullptr;
    scan_value();
}

void JsonReader::read_value(std::string& text, std::size_t limit) {
    text.clear();
    peek_token();
    capture_ = &text;
    limit_ = limit;
    scan_value();
    capture_ = nullptr;
}

std::string JsonReader::read_key() {
    if (peek_token() != '"') fail(fmt::format("expected a key, found {}", shown(peek())));
    std::string text;
    read_value(text, max_key_bytes);
    std::string key = value_from_json(text).as_string();
    expect(':', "\":\"");
    return key;
}

// Without recursion: hostile nesting must not exhaust the stack.
void JsonReader::scan_value() {
    open_.clear();
    do {
        while (open_value()) {
        }
    } while (!close_values());
}

// Reads a scalar, or an opening bracket and what comes before its first value. True: a value has to follow.
bool JsonReader::open_value() {
    const int c = peek_token();
    switch (c) {
        case '{':
        case '[':
            if (open_.size() == max_open) {
                throw Error(Code::limit_exceeded, fmt::format("JSON is nested deeper than {} levels", max_open));
            }
            take();
            open_.push_back(static_cast<char>(c));
            if (peek_token() == (c == '{' ? '}' : ']')) return false;
            if (c == '{') key_and_colon();
            return true;
        case '"':
            scan_string();
            return false;
        case 't':
            scan_literal("true");
            return false;
        case 'f':
            scan_literal("false");
            return false;
        case 'n':
            scan_literal("null");
            return false;
        default:
            if (c != '-' && !is_digit(c)) fail(fmt::format("expected a value, found {}", shown(c)));
            scan_number();
            return false;
    }
}

// Behind a value: closes what ends here. True: nothing is open any more; false: a value has to follow.
bool JsonReader::close_values() {
    while (!open_.empty()) {
        const bool object = open_.back() == '{';
        const char close = object ? '}' : ']';
        const int c = peek_token();
        if (c == ',') {
            take();
            if (object) key_and_colon();
            return false;
        }
        if (c != close) fail(fmt::format("expected \",\" or \"{}\", found {}", close, shown(c)));
        take();
        open_.pop_back();
    }
    return true;
}

void JsonReader::key_and_colon() {
    if (peek_token() != '"') fail(fmt::format("expected a key, found {}", shown(peek())));
    scan_string();
    expect(':', "\":\"");
}

void JsonReader::scan_string() {
    take();
    for (;;) {
        const std::string_view text = input_.buffered();
        std::size_t plain = 0;
        while (plain < text.size() && text[plain] != '"' && text[plain] != '\\' &&
               static_cast<unsigned char>(text[plain]) >= 0x20) {
            ++plain;
        }
        if (capture_ != nullptr) {
            if (plain > limit_ - capture_->size()) {
                throw Error(Code::limit_exceeded, fmt::format("a value is longer than {} bytes", limit_));
            }
            capture_->append(text.substr(0, plain));
        }
        input_.consume(plain);
        if (plain == text.size() && plain != 0) continue;
        const int c = peek();
        if (c == Input::end) fail("the text ends inside a string");
        if (c < 0x20) fail(fmt::format("{} inside a string must be written as an escape", shown(c)));
        take();
        if (c == '"') return;
        scan_escape();
    }
}

void JsonReader::scan_escape() {
    const int c = peek();
    if (c == Input::end || std::string_view("\"\\/bfnrtu").find(static_cast<char>(c)) == std::string_view::npos) {
        fail(fmt::format("{} is no escape after a backslash", shown(c)));
    }
    take();
    for (int i = 0; c == 'u' && i < 4; ++i) {
        if (!is_hex(peek())) fail(fmt::format("expected four hexadecimal digits, found {}", shown(peek())));
        take();
    }
}

void JsonReader::scan_number() {
    if (peek() == '-') take();
    if (peek() == '0') {
        take();
        if (is_digit(peek())) fail("a number has a leading zero");
    } else {
        scan_digits();
    }
    if (peek() == '.') {
        take();
        scan_digits();
    }
    if (peek() == 'e' || peek() == 'E') {
        take();
        if (peek() == '+' || peek() == '-') take();
        scan_digits();
    }
}

void JsonReader::scan_digits() {
    if (!is_digit(peek())) fail(fmt::format("expected a digit, found {}", shown(peek())));
    while (is_digit(peek())) take();
}

void JsonReader::scan_literal(std::string_view literal) {
    for (const char c : literal) {
        if (peek() != static_cast<unsigned char>(c)) fail(fmt::format("expected {}, found {}", literal, shown(peek())));
        take();
    }
}

}  // namespace sheaf::cli
