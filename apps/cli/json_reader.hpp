// JsonReader: walks JSON text of any size byte by byte, checking its grammar, and hands out the text of single values.
//
// For getting at the parts of a text that is larger than a document may be: what is handed out is parsed by the library
// afterwards; what is passed over is checked for grammar alone.
// Throws invalid_json with line and column, limit_exceeded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "input.hpp"

namespace sheaf::cli {

class JsonReader {
public:
    explicit JsonReader(Input& input) : input_(input) {}

    // The next byte that is not white space, not consumed; Input::end at the end.
    int peek_token();
    // Consumes a byte that peek_token() has shown.
    void take();
    void expect(char token, std::string_view what);

    void skip_value();
    // The text of the next value, at most `limit` bytes.
    void read_value(std::string& text, std::size_t limit);
    // The next string, decoded: a key.
    std::string read_key();
    // True when another element or member follows a comma, false when `close` ends the array or object. `first` is true
    // before the first one.
    bool another(char close, bool first);

    Position position() const { return input_.position(); }
    [[noreturn]] void fail(std::string_view what) const;

private:
    void scan_value();
    bool open_value();
    bool close_values();
    void scan_string();
    void scan_escape();
    void scan_number();
    void scan_digits();
    void scan_literal(std::string_view literal);
    void key_and_colon();
    void space();
    int peek() { return input_.peek(); }

    Input& input_;
    std::string* capture_ = nullptr;
    std::size_t limit_ = 0;
    std::string open_;  // brackets that are open in the value that is being read
};

}  // namespace sheaf::cli
