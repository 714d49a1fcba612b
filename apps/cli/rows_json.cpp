// Rows of JSON: the elements of an array, documents one after another, or what a JSON Pointer names.
#include <fmt/format.h>

#include <charconv>
#include <sheaf/error.hpp>
#include <sheaf/limits.hpp>
#include <utility>
#include <vector>

#include "json_pointer.hpp"
#include "json_reader.hpp"
#include "rows.hpp"

namespace sheaf::cli {

namespace {

class JsonRows : public Rows {
public:
    JsonRows(Input& input, const std::string& pointer)
        : reader_(input), pointer_(pointer), tokens_(parse_json_pointer(pointer)) {}

    bool next() override {
        if (state_ == State::start) start();
        if (state_ == State::array) {
            if (reader_.another(']', std::exchange(first_, false))) return read();
            leave();
        }
        if (state_ == State::values) {
            if (reader_.peek_token() != Input::end) return read();
            state_ = State::end;
        }
        if (state_ == State::single) {
            state_ = State::behind_single;
            return read();
        }
        if (state_ == State::behind_single) leave();
        return false;
    }

    Document document() const override { return parse_row(text_, start_); }
    Position position() const override { return start_; }

private:
    enum class State { start, array, values, single, behind_single, end };
    struct Level {
        char close;
        std::string token;  // of an object
    };

    // Moves to the array or object that the pointer names.
    void start() {
        for (const std::string& token : tokens_) descend(token);
        const int c = reader_.peek_token();
        if (c == '[') {
            reader_.take();
            state_ = State::array;
        } else if (tokens_.empty()) {
            state_ = State::values;
        } else if (c == '{') {
            state_ = State::single;
        } else {
            reader_.fail(fmt::format("the value at {} is neither an array nor an object", pointer_));
        }
    }

    void descend(const std::string& token) {
        const int c = reader_.peek_token();
        if (c != '{' && c != '[') reader_.fail(fmt::format("there is nothing at {}", pointer_));
        reader_.take();
        const char close = c == '{' ? '}' : ']';
        const bool found = c == '{' ? find_member(token) : find_element(token);
        if (!found) reader_.fail(fmt::format("there is nothing at {}: no \"{}\" here", pointer_, token));
        levels_.push_back({close, token});
    }

    bool find_member(const std::string& token) {
        for (bool first = true; reader_.another('}', first); first = false) {
            if (reader_.read_key() == token) return true;
            reader_.skip_value();
        }
        return false;
    }

    bool find_element(const std::string& token) {
        std::size_t index = 0;
        const char* const end = token.data() + token.size();
        const auto [stop, error] = std::from_chars(token.data(), end, index);
        if (error != std::errc() || stop != end || (token.size() > 1 && token.front() == '0')) return false;
        for (std::size_t at = 0; reader_.another(']', at == 0); ++at) {
            if (at == index) return true;
            reader_.skip_value();
        }
        return false;
    }

    bool read() {
        reader_.peek_token();
        start_ = reader_.position();
        reader_.read_value(text_, Limits{}.json_bytes);
        return true;
    }

    // The rest of the text must be JSON too, and must not hold a second value at the pointer.
    void leave() {
        state_ = State::end;
        for (; !levels_.empty(); levels_.pop_back()) {
            const Level& level = levels_.back();
            while (reader_.another(level.close, false)) {
                if (level.close == '}' && reader_.read_key() == level.token) {
                    reader_.fail(fmt::format("the key \"{}\" stands twice, on the way to {}", level.token, pointer_));
                }
                reader_.skip_value();
            }
        }
        if (reader_.peek_token() != Input::end) reader_.fail("there is more text behind the JSON value");
    }

    JsonReader reader_;
    std::string pointer_;
    std::vector<std::string> tokens_;
    State state_ = State::start;
    bool first_ = true;
    std::vector<Level> levels_;
    std::string text_;
    Position start_;
};

}  // namespace

std::unique_ptr<Rows> json_rows(Input& input, const std::string& pointer) {
    return std::make_unique<JsonRows>(input, pointer);
}

}  // namespace sheaf::cli
