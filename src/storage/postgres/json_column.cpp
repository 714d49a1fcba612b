// CBOR to JSON text in one pass over the bytes. Bodies are opaque to a backend: bytes that are no document have no
// text.
#include "storage/postgres/json_column.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>
#include <sheaf/types.hpp>

#include "document/base64.hpp"
#include "document/head.hpp"
#include "document/utf8.hpp"

namespace sheaf::postgres {

namespace {

constexpr std::size_t most_bytes = 64U << 20U;               // of a text; jsonb itself ends at 256 MiB
constexpr std::uint64_t most_items = 8'000'000;              // of an array; jsonb ends at twice as many
constexpr std::int64_t end_of_9999 = 253'402'300'800'000;    // relaxed dates are written as text from 1970 to here
constexpr double all_integers_from = 9'007'199'254'740'992;  // 2^53

constexpr std::array<bool, 256> make_plain() {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = byte != '"' && byte != '\\';
    return plain;
}

constexpr auto plain = make_plain();

class Writer {
public:
    Writer(BytesView body, std::string& out) : out_(out), p_(body.data()), end_(body.data() + body.size()) {}

    // False: what was appended is of no use.
    bool document() {
        const Head head = next();
        return head.major == Major::map && object(head, 1) && p_ == end_;
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

    bool value(int depth) {
        const Head head = next();
        switch (head.major) {
            case Major::unsigned_integer:
            case Major::negative_integer:
                return integer(head);
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
        return false;
    }

    static std::optional<std::int64_t> integer_of(const Head& head) {
        if (head.argument > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
        const auto magnitude = static_cast<std::int64_t>(head.argument);
        if (head.major == Major::unsigned_integer) return magnitude;
        if (head.major == Major::negative_integer) return ~magnitude;
        return std::nullopt;
    }

    bool integer(const Head& head) {
        const auto value = integer_of(head);
        if (value) append_integer(*value);
        return value.has_value() && is_small();
    }

    void append_integer(std::int64_t value) {
        char buffer[20];
        out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
    }

    bool number(double value) {
        if (!std::isfinite(value)) return false;
        if (value == 0) value = 0;  // jsonb has no -0
        char buffer[320];           // 309 digits and a sign
        const bool whole = std::fabs(value) >= all_integers_from;
        const auto end = whole ? std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, 0).ptr
                               : std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
        out_.append(buffer, end);
        return is_small();
    }

    bool string(std::string_view text) {
        std::size_t run = 0;  // where the bytes that are copied as they are begin
        bool ascii = true;
        out_ += '"';
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto byte = static_cast<unsigned char>(text[i]);
            if (plain[byte]) continue;
            if (byte == 0) return false;
            if (byte >= 0x80) {
                ascii = false;
                continue;
            }
            out_.append(text, run, i - run);
            append_escape(byte);
            run = i + 1;
        }
        out_.append(text, run);
        out_ += '"';
        return (ascii || is_utf8(text)) && is_small();
    }

    void append_escape(unsigned char byte) {
        constexpr std::string_view digits = "0123456789abcdef";
        if (byte == '"' || byte == '\\') {
            out_ += '\\';
            out_ += static_cast<char>(byte);
        } else {
            out_.append("\\u00").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
        }
    }

    bool array(const Head& head, int depth) {
        if (!can_nest(head, 1, depth)) return false;
        out_ += '[';
        for (std::uint64_t i = 0; i < head.argument; ++i) {
            if (i > 0) out_ += ',';
            if (!value(depth)) return false;
        }
        out_ += ']';
        return true;
    }

    // One that has no other keys than those of a date, bytes or an id would be taken for it (where_sql.cpp).
    bool object(const Head& head, int depth) {
        if (!can_nest(head, 2, depth)) return false;
        bool is_object = head.argument == 0;
        out_ += '{';
        for (std::uint64_t i = 0; i < head.argument; ++i) {
            if (i > 0) out_ += ',';
            const Head key = next();
            if (key.major != Major::text) return false;
            const std::string_view name = string_content(key);
            is_object = is_object || (name != "$date" && name != "$binary" && name != "$oid");
            if (!string(name)) return false;
            out_ += ':';
            if (!value(depth)) return false;
        }
        out_ += '}';
        return is_object;
    }

    bool can_nest(const Head& head, std::uint64_t items, int depth) const {
        return depth <= max_stored_depth && head.argument <= left(p_, end_) / items && head.argument <= most_items &&
               is_small();
    }

    bool is_small() const { return out_.size() <= most_bytes + begin_; }

    bool binary(BytesView bytes) {
        out_.append(R"({"$binary":{"base64":")");
        append_base64(out_, bytes);
        out_.append(R"(","subType":"00"}})");
        return is_small();
    }

    bool tagged(std::uint64_t tag) {
        const Head head = next();
        if (tag == tag::long_integer) return integer(head);
        if (tag == tag::object_id) return object_id(head);
        const auto time = tag == tag::datetime ? integer_of(head) : std::nullopt;
        if (time) datetime({*time});
        return time.has_value();
    }

    void datetime(DateTime time) {
        if (time.ms >= 0 && time.ms < end_of_9999) {
            out_.append(R"({"$date":")").append(to_rfc3339(time)).append("\"}");
        } else {
            out_.append(R"({"$date":{"$numberLong":")");
            append_integer(time.ms);
            out_.append("\"}}");
        }
    }

    bool object_id(const Head& head) {
        ObjectId id;
        if (head.major != Major::bytes || head.argument != id.bytes.size()) return false;
        std::memcpy(id.bytes.data(), string_content(head).data(), id.bytes.size());
        out_.append(R"({"$oid":")").append(id.hex()).append("\"}");
        return true;
    }

    bool simple(const Head& head) {
        constexpr std::string_view names[] = {"false", "true", "null"};
        if (head.info < 20 || head.info > 22) return number(decode_float(head));
        out_.append(names[head.info - 20]);
        return true;
    }

    std::string& out_;
    const char* p_;
    const char* end_;
    const std::size_t begin_ = out_.size();
};

}  // namespace

bool append_json(BytesView body, std::string& text) {
    const std::size_t size = text.size();
    try {
        if (Writer(body, text).document()) return true;
    } catch (const Error& error) {
        if (error.code() != Code::corrupt) throw;
    }
    text.resize(size);
    return false;
}

}  // namespace sheaf::postgres
