#include "document/json_position.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "document/utf8.hpp"

namespace sheaf {

namespace {

// The brackets of Extended JSON's wrappers, such as {"$date": {"$numberLong": "5"}}, are no nesting.
constexpr std::size_t wrapper_levels = 2;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

std::string describe(char c) {
    if (c > ' ' && c <= '~') return std::string("'") + c + "'";
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    return std::string("byte 0x") + digits[byte >> 4] + digits[byte & 15];
}

// A state machine over the text; the stack of open brackets is the string `open_`.
class Scanner {
public:
    Scanner(std::string_view text, std::size_t depth)
        : text_(text), depth_(depth), utf8_error_(utf8_error_offset(text)) {}

    std::optional<JsonFault> run() {
        try {
            if (text_.starts_with("\xEF\xBB\xBF")) fail(0, "a byte order mark is not part of JSON");
            while (state_ != State::done) step();
            skip_space();
            if (pos_ < text_.size()) fail(pos_, "text after the end of the value: " + describe(text_[pos_]));
        } catch (const JsonFault& fault) {
            return fault;
        }
        return std::nullopt;
    }

private:
    enum class State { value, first_element, first_key, key, after_value, done };

    [[noreturn]] void fail(std::size_t offset, std::string what) const {
        if (offset == utf8_error_ && offset < text_.size()) what = "invalid UTF-8: " + describe(text_[offset]);
        throw JsonFault{offset, std::move(what)};
    }

    [[noreturn]] void fail_here(const std::string& expected) const {
        if (pos_ >= text_.size()) fail(text_.size(), "unexpected end of input: expected " + expected);
        fail(pos_, "expected " + expected + ", not " + describe(text_[pos_]));
    }

    bool at(char c) const { return pos_ < text_.size() && text_[pos_] == c; }
    bool at_digit() const { return pos_ < text_.size() && is_digit(text_[pos_]); }

    bool take(char c) {
        if (!at(c)) return false;
        ++pos_;
        return true;
    }

    void skip_space() {
        while (pos_ < text_.size() && is_space(text_[pos_])) ++pos_;
    }

    void step() {
        skip_space();
        switch (state_) {
            case State::first_element:
                if (take(']')) return close();
                return value("a value or ']'");
            case State::value:
                return value("a value");
            case State::first_key:
                if (take('}')) return close();
                return key("a key in double quotes or '}'");
            case State::key:
                return key("a key in double quotes");
            case State::after_value:
                return after_value();
            case State::done:
                return;
        }
    }

    void after_value() {
        const bool in_object = open_.back() == '{';
        if (take(',')) {
            comma_ = pos_ - 1;
            state_ = in_object ? State::key : State::value;
        } else if (take(in_object ? '}' : ']')) {
            close();
        } else {
            fail_here(in_object ? "',' or '}' after a member" : "',' or ']' after an element");
        }
    }

    void key(const std::string& expected) {
        if (state_ == State::key && at('}')) fail(comma_, "a comma must be followed by another member");
        if (!at('"')) fail_here(expected);
        string();
        skip_space();
        if (!take(':')) fail_here("':' after a key");
        state_ = State::value;
    }

    void value(const std::string& expected) {
        if (pos_ >= text_.size()) fail_here(expected);
        const char c = text_[pos_];
        if (c == '{' || c == '[') return open(c);
        if (c == '"') {
            string();
        } else if (c == '-' || is_digit(c)) {
            number();
        } else if (!take_word("true") && !take_word("false") && !take_word("null")) {
            fail_no_value(expected);
        }
        end_value();
    }

    [[noreturn]] void fail_no_value(const std::string& expected) const {
        const std::string_view rest = text_.substr(pos_);
        if (rest.starts_with("NaN") || rest.starts_with("Infinity")) {
            fail(pos_, "NaN and Infinity are not JSON; write {\"$numberDouble\": \"NaN\"}");
        }
        if (rest.front() == '\'') fail(pos_, "strings are written in double quotes");
        if (rest.front() == '/' || rest.front() == '#') fail(pos_, "comments are not part of JSON");
        if (rest.front() == '+') fail(pos_, "a number may not begin with '+'");
        if (rest.front() == '.') fail(pos_, "a number needs a digit before its '.'");
        if (rest.front() == ']' && !open_.empty() && open_.back() == '[') {
            fail(comma_, "a comma must be followed by another element");
        }
        fail_here(expected);
    }

    void open(char bracket) {
        if (open_.size() >= depth_ + wrapper_levels) {
            throw JsonFault{pos_, "nested deeper than " + std::to_string(depth_) + " levels", Code::limit_exceeded};
        }
        open_ += bracket;
        ++pos_;
        state_ = bracket == '{' ? State::first_key : State::first_element;
    }

    void close() {
        open_.pop_back();
        end_value();
    }

    void end_value() { state_ = open_.empty() ? State::done : State::after_value; }

    bool take_word(std::string_view word) {
        const std::string_view rest = text_.substr(pos_);
        if (rest.starts_with(word)) {
            pos_ += word.size();
            return true;
        }
        if (!rest.empty() && rest.size() < word.size() && word.starts_with(rest)) {
            pos_ = text_.size();
            fail_here(std::string(word));
        }
        return false;
    }

    void string() {
        const std::size_t start = pos_++;
        for (;; ++pos_) {
            if (pos_ >= text_.size()) fail(start, "unterminated string");
            const char c = text_[pos_];
            if (c == '"') break;
            if (pos_ == utf8_error_) fail(pos_, {});
            if (static_cast<unsigned char>(c) < 0x20) {
                fail(pos_, "a control character in a string must be escaped: " + describe(c));
            }
            if (c == '\\') escape();
        }
        ++pos_;
    }

    // Leaves pos_ at the last character of the escape.
    void escape() {
        const std::size_t start = pos_++;
        if (pos_ >= text_.size()) fail(start, "unterminated string: it ends in an escape");
        if (text_[pos_] != 'u') {
            if (std::string_view("\"\\/bfnrt").find(text_[pos_]) == std::string_view::npos) {
                const char c = text_[pos_];
                fail(start, "invalid escape \\" + (c > ' ' && c <= '~' ? std::string(1, c) : describe(c)));
            }
            return;
        }
        const unsigned unit = code_unit(start);
        if (unit >= 0xDC00 && unit <= 0xDFFF) fail(start, "a low surrogate escape without a high one before it");
        if (unit < 0xD800 || unit > 0xDBFF) return;
        const bool escaped = text_.substr(pos_ + 1).starts_with("\\u");
        if (escaped) pos_ += 2;
        const unsigned low = escaped ? code_unit(pos_ - 1) : 0;
        if (low < 0xDC00 || low > 0xDFFF) fail(start, "a high surrogate escape without a low one after it");
    }

    // The four digits after "\u"; pos_ is at the 'u' before and at the last digit afterwards.
    unsigned code_unit(std::size_t start) {
        unsigned unit = 0;
        const std::string_view digits = text_.substr(pos_ + 1, 4);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
        if (error != std::errc() || end != digits.data() + 4) fail(start, "\\u needs four hexadecimal digits");
        pos_ += 4;
        return unit;
    }

    void number() {
        const std::size_t start = pos_;
        bool integer = true;
        take('-');
        if (!at_digit()) fail_here("a digit after '-'");
        if (take('0') && at_digit()) fail(start, "a number may not begin with 0");
        digits();
        if (take('.')) {
            integer = false;
            if (!at_digit()) fail_here("a digit after '.'");
            digits();
        }
        if (take('e') || take('E')) {
            integer = false;
            if (!take('+')) take('-');
            if (!at_digit()) fail_here("a digit in the exponent");
            digits();
        }
        check_range(start, integer);
    }

    void digits() {
        while (at_digit()) ++pos_;
    }

    void check_range(std::size_t start, bool integer) {
        const std::string_view number = text_.substr(start, pos_ - start);
        const char* end = number.data() + number.size();
        if (integer) {
            std::int64_t value = 0;
            if (std::from_chars(number.data(), end, value).ec == std::errc()) return;
            fail(start, "the integer " + std::string(number.substr(0, 40)) + " does not fit 64 bits with a sign");
        }
        double value = 0;
        if (std::from_chars(number.data(), end, value).ec == std::errc()) return;
        // Out of range is either too large, or so near zero that it becomes zero, which is no fault: simdjson knows.
        if (parser_.parse(number.data(), number.size()).error() == simdjson::SUCCESS) return;
        fail(start, "the number " + std::string(number.substr(0, 40)) + " does not fit a double");
    }

    std::string_view text_;
    std::size_t depth_;
    std::size_t utf8_error_;  // offset of the first invalid byte, or the text's size
    std::size_t pos_ = 0;
    std::size_t comma_ = 0;  // of the last comma between elements or members
    State state_ = State::value;
    std::string open_;
    simdjson::dom::parser parser_;
};

}  // namespace

std::optional<JsonFault> find_json_fault(std::string_view text, std::size_t depth) {
    return Scanner(text, depth).run();
}

void throw_json_fault(std::string_view text, std::size_t depth) {
    const JsonFault fault =
        find_json_fault(text, depth).value_or(JsonFault{0, "the text is not JSON", Code::invalid_json});
    const std::string_view before = text.substr(0, fault.offset);
    ErrorDetails details;
    details.line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    const std::size_t line_start = before.rfind('\n');  // npos + 1 is 0
    details.column = fault.offset - (line_start + 1) + 1;
    const std::string position =
        " at line " + std::to_string(details.line) + ", column " + std::to_string(details.column);
    throw Error(fault.code, fault.what + position, std::move(details));
}

}  // namespace sheaf
