// CBOR to JSON text in one pass over the bytes, without going back: a View would skip each nested value once per level.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/base64.hpp"
#include "document/head.hpp"
#include "document/json_number.hpp"
#include "document/utf8.hpp"

namespace sheaf {

namespace {

constexpr std::int64_t end_of_9999 = 253'402'300'800'000;  // relaxed dates are written as text from 1970 to here

// Whether a byte can stand in a JSON string as it is. Bytes above 0x7F can, once the string is known to be UTF-8.
constexpr std::array<bool, 256> make_plain() {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < plain.size(); ++byte) plain[byte] = byte != '"' && byte != '\\';
    return plain;
}

constexpr auto plain = make_plain();

// Non-zero when one of eight bytes must be escaped or is not ASCII.
std::uint64_t special_bytes(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t highs = ones * 0x80;
    const auto zero_bytes = [](std::uint64_t w) { return (w - ones) & ~w; };  // marks the high bit of zero bytes
    const std::uint64_t control = word - ones * 0x20;
    return (control | zero_bytes(word ^ ones * '"') | zero_bytes(word ^ ones * '\\') | word) & highs;
}

bool all_plain_ascii(std::string_view text) {
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + i, 8);
        if (special_bytes(word) != 0) return false;
    }
    for (; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (!plain[byte] || byte >= 0x80) return false;
    }
    return true;
}

void append_escape(std::string& out, unsigned char byte) {
    constexpr std::string_view named = "\"\"\\\\\bb\ff\nn\rr\tt";  // byte, letter, byte, letter ...
    for (std::size_t i = 0; i < named.size(); i += 2) {
        if (static_cast<unsigned char>(named[i]) != byte) continue;
        const char escape[2] = {'\\', named[i + 1]};
        out.append(escape, 2);
        return;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    const char escape[6] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    out.append(escape, 6);
}

// Without quotes; the text is UTF-8.
void append_escaped(std::string& out, std::string_view text) {
    std::size_t run = 0;  // where the bytes that are copied as they are begin
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (plain[byte]) continue;
        out.append(text, run, i - run);
        append_escape(out, byte);
        run = i + 1;
    }
    out.append(text, run);
}

void append_integer(std::string& out, std::int64_t value) {
    char buffer[20];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    out.append(buffer, static_cast<std::size_t>(end - buffer));
}

class Writer {
public:
    Writer(std::string& out, const char* p, const char* end, JsonStyle style)
        : out_(out), p_(p), end_(end), style_(style) {}

    void value(int depth) {
        const Head head = next();
        switch (head.major) {
            case Major::unsigned_integer:
            case Major::negative_integer:
                return integer(integer_of(head), false);
            case Major::bytes:
                return binary(string_content(head));
            case Major::text:
                return string(string_content(head));
            case Major::array:
                return array(head, depth + 1);
            case Major::map:
                return object(head, depth + 1);
            case Major::tag:
                return tagged(head.argument);
            case Major::simple:
                return simple(head);
        }
    }

private:
    Head next() {
        const Head head = read_head(p_, end_);
        p_ = head.next;
        return head;
    }

    std::string_view string_content(const Head& head) {
        const std::string_view text = content(head, end_);
        p_ += text.size();
        return text;
    }

    static std::int64_t integer_of(const Head& head) {
        if (head.argument > static_cast<std::uint64_t>(INT64_MAX)) throw_corrupt("an integer beyond 64 bits");
        const auto magnitude = static_cast<std::int64_t>(head.argument);
        if (head.major == Major::unsigned_integer) return magnitude;
        if (head.major == Major::negative_integer) return ~magnitude;
        throw_corrupt("a tag with the wrong content");
    }

    void string(std::string_view text) {
        out_ += '"';
        if (all_plain_ascii(text)) {
            out_.append(text);
        } else {
            if (!is_utf8(text)) throw_corrupt("a string is not UTF-8");
            append_escaped(out_, text);
        }
        out_ += '"';
    }

    void array(const Head& head, int depth) {
        out_ += '[';
        check_nesting(head, 1, depth);
        for (std::uint64_t i = 0; i < head.argument; ++i) {
            separate(i, depth);
            value(depth);
        }
        close(']', head.argument, depth);
    }

    void object(const Head& head, int depth) {
        out_ += '{';
        check_nesting(head, 2, depth);
        for (std::uint64_t i = 0; i < head.argument; ++i) {
            separate(i, depth);
            const std::string_view key = read_key(p_, end_);
            p_ = key.data() + key.size();
            string(key);
            colon();
            value(depth);
        }
        close('}', head.argument, depth);
    }

    void check_nesting(const Head& head, std::uint64_t items, int depth) const {
        if (depth > max_stored_depth) throw_corrupt("nesting without end");
        if (head.argument > left(p_, end_) / items) throw_corrupt("an array or object ends early");
    }

    void separate(std::uint64_t index, int depth) {
        if (index > 0) out_ += ',';
        if (style_.indent > 0) new_line(depth);
    }

    void close(char bracket, std::uint64_t count, int depth) {
        if (style_.indent > 0 && count > 0) new_line(depth - 1);
        out_ += bracket;
    }

    void new_line(int depth) {
        out_ += '\n';
        out_.append(static_cast<std::size_t>(style_.indent) * static_cast<std::size_t>(depth), ' ');
    }

    void colon() {
        out_ += ':';
        if (style_.indent > 0) out_ += ' ';
    }

    bool canonical() const { return style_.mode == JsonMode::canonical; }

    // {"key":"...content..."}
    template <typename Content>
    void wrapped(std::string_view key, Content append_content) {
        open_wrapper(key);
        out_ += '"';
        append_content();
        out_.append("\"}");
    }

    void open_wrapper(std::string_view key) {
        out_.append("{\"").append(key) += '"';
        colon();
    }

    void integer(std::int64_t value, bool marked_long) {
        const bool fits = value == static_cast<std::int32_t>(value);
        // Relaxed text writes plain numbers, but a long that a plain number would turn into an int keeps its wrapper.
        if (!canonical() && !(marked_long && fits)) return append_integer(out_, value);
        wrapped(marked_long || !fits ? "$numberLong" : "$numberInt", [&] { append_integer(out_, value); });
    }

    void number(double value) {
        if (std::isnan(value)) return wrapped("$numberDouble", [&] { out_.append("NaN"); });
        if (std::isinf(value)) {
            return wrapped("$numberDouble", [&] { out_.append(value > 0 ? "Infinity" : "-Infinity"); });
        }
        if (!canonical()) return append_json_number(out_, value);
        wrapped("$numberDouble", [&] { append_json_number(out_, value); });
    }

    void binary(BytesView bytes) {
        open_wrapper("$binary");
        out_.append("{\"base64\"");
        colon();
        out_ += '"';
        append_base64(out_, bytes);
        out_.append("\",");
        if (style_.indent > 0) out_ += ' ';
        out_.append("\"subType\"");
        colon();
        out_.append("\"00\"}}");
    }

    void tagged(std::uint64_t tag) {
        const Head head = next();
        switch (tag) {
            case tag::datetime:
                return datetime({integer_of(head)});
            case tag::object_id:
                return object_id(head);
            case tag::long_integer:
                return integer(integer_of(head), true);
            default:
                throw_corrupt("a tag that sheaf does not write");
        }
    }

    void datetime(DateTime time) {
        if (!canonical() && time.ms >= 0 && time.ms < end_of_9999) {
            return wrapped("$date", [&] { out_.append(to_rfc3339(time)); });
        }
        open_wrapper("$date");
        wrapped("$numberLong", [&] { append_integer(out_, time.ms); });
        out_ += '}';
    }

    void object_id(const Head& head) {
        ObjectId id;
        const BytesView bytes = head.major == Major::bytes ? string_content(head) : BytesView();
        if (bytes.size() != id.bytes.size()) throw_corrupt("an object id without 12 bytes");
        std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
        wrapped("$oid", [&] { out_.append(id.hex()); });
    }

    void simple(const Head& head) {
        switch (head.info) {
            case 20:
                out_.append("false");
                return;
            case 21:
                out_.append("true");
                return;
            case 22:
                out_.append("null");
                return;
            default:
                return number(decode_float(head));
        }
    }

    std::string& out_;
    const char* p_;
    const char* end_;
    JsonStyle style_;
};

}  // namespace

void append_json(std::string& out, View value, JsonStyle style) {
    if (!value) throw Error(Code::type_mismatch, "a missing value has no JSON form");
    Writer(out, value.data(), value.limit(), style).value(0);
}

std::string to_json(View value, JsonStyle style) {
    std::string out;
    // The limit is that of the whole document, of which the value may be a small part.
    out.reserve(std::min<std::size_t>(left(value.data(), value.limit()) * 3 / 2, 4096));
    append_json(out, value, style);
    return out;
}

std::string to_json(const Value& value, JsonStyle style) {
    const Bytes encoded = encode(value);
    return to_json(View(encoded), style);
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (;;) {  // bytes that are not UTF-8 become U+FFFD: a message must not fail for the name that it quotes
        const std::size_t valid = utf8_error_offset(text);
        append_escaped(out, text.substr(0, valid));
        if (valid == text.size()) break;
        out.append("\xEF\xBF\xBD");
        text.remove_prefix(valid + 1);
    }
    out += '"';
}

}  // namespace sheaf
