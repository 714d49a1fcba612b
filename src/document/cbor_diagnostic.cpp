// RFC 8949 section 8. Recursion is bounded by the Reader, which bounds nesting.
#include <cmath>
#include <string>

#include <sheaf/json.hpp>

#include "document/cbor.hpp"
#include "document/json_number.hpp"

namespace sheaf::cbor {

namespace {

using Kind = Token::Kind;

class Printer {
public:
    Printer(Reader& reader, std::string& out) : reader_(reader), out_(out) {}

    void item(const Token& token) {
        switch (token.kind) {
            case Kind::unsigned_integer:
                return number(token.argument);
            case Kind::negative_integer:
                return negative(token.argument);
            case Kind::bytes:
            case Kind::text:
                return token.indefinite ? chunks(token) : string(token);
            case Kind::array:
                return sequence(token, '[', ']', [&](const Token& first) { item(first); });
            case Kind::map:
                return sequence(token, '{', '}', [&](const Token& first) {
                    item(first);
                    out_ += ": ";
                    item(reader_.next());
                });
            case Kind::tag:
                number(token.argument);
                out_ += '(';
                item(reader_.next());
                out_ += ')';
                return;
            case Kind::simple:
                return simple(token.argument);
            case Kind::floating:
                return floating(token.floating());
            case Kind::break_code:
                return;
        }
    }

private:
    // Calls `entry` with the first token of each entry of an array, map or chunked string.
    template <typename Entry>
    void sequence(const Token& head, char open, char close, Entry entry) {
        out_ += open;
        if (head.indefinite) out_ += "_ ";
        bool first = true;
        const auto separated = [&](const Token& token) {
            if (!first) out_ += ", ";
            first = false;
            entry(token);
        };
        if (head.indefinite) {
            for (Token token = reader_.next(); token.kind != Kind::break_code; token = reader_.next()) separated(token);
        } else {
            for (std::uint64_t i = 0; i < head.argument; ++i) separated(reader_.next());
        }
        out_ += close;
    }

    void chunks(const Token& head) {
        sequence(head, '(', ')', [&](const Token& chunk) { string(chunk); });
    }

    void string(const Token& token) {
        if (token.kind == Kind::text) return append_json_string(out_, token.content);
        constexpr std::string_view digits = "0123456789abcdef";
        out_ += "h'";
        for (const char c : token.content) {
            const auto byte = static_cast<unsigned char>(c);
            out_ += digits[byte >> 4];
            out_ += digits[byte & 15];
        }
        out_ += '\'';
    }

    void number(std::uint64_t value) { out_ += std::to_string(value); }

    // The value is -1 - argument, of which 2^64 alone does not fit 64 bits.
    void negative(std::uint64_t argument) {
        out_ += argument == UINT64_MAX ? "-18446744073709551616" : "-" + std::to_string(argument + 1);
    }

    void simple(std::uint64_t value) {
        switch (value) {
            case 20:
                out_ += "false";
                return;
            case 21:
                out_ += "true";
                return;
            case 22:
                out_ += "null";
                return;
            case 23:
                out_ += "undefined";
                return;
            default:
                out_ += "simple(" + std::to_string(value) + ")";
                return;
        }
    }

    void floating(double value) {
        if (std::isnan(value)) {
            out_ += "NaN";
        } else if (std::isinf(value)) {
            out_ += value > 0 ? "Infinity" : "-Infinity";
        } else {
            append_json_number(out_, value);
        }
    }

    Reader& reader_;
    std::string& out_;
};

}  // namespace

std::string diagnostic(BytesView bytes, const Limits& limits) {
    Reader reader(bytes, limits);
    std::string out;
    Printer(reader, out).item(reader.next());
    reader.require_no_more();
    return out;
}

}  // namespace sheaf::cbor
