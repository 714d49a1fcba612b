// The rules of deterministic encoding (RFC 8949 section 4.2): which an item breaks, and the form that breaks none.
// Recursion is bounded by the Reader, which bounds nesting.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "document/cbor.hpp"
#include "document/encoder.hpp"
#include "document/head.hpp"

namespace sheaf::cbor {

namespace {

using Kind = Token::Kind;

std::uint8_t shortest_width(std::uint64_t argument) {
    return argument < 24 ? 0 : argument <= 0xFF ? 1 : argument <= 0xFFFF ? 2 : argument <= 0xFFFFFFFF ? 4 : 8;
}

// Whether a shorter float has the same value; of a NaN, the same payload.
bool is_long_float(const Token& token) {
    const double value = token.floating();
    if (token.width == 2) return false;
    if (std::isnan(value))
        return token.width == 8 ? (token.argument & 0x1FFF'FFFF) == 0 : (token.argument & 0x1FFF) == 0;
    Bytes shortest;
    Encoder(shortest).number(value);
    return shortest.size() < 1U + token.width;
}

class Inspector {
public:
    Inspector(BytesView bytes, Reader& reader) : bytes_(bytes), reader_(reader) {}

    void item(const Token& token) {
        found_.indefinite |= token.indefinite;
        if (token.kind == Kind::floating) {
            found_.long_float |= is_long_float(token);
        } else if (token.kind != Kind::simple && !token.indefinite) {
            found_.long_head |= token.width != shortest_width(token.argument);
        }
        if (token.kind == Kind::map) return map(token);
        if (token.kind == Kind::tag) return item(reader_.next());
        if (token.indefinite) {
            for (Token next = reader_.next(); next.kind != Kind::break_code; next = reader_.next()) item(next);
        } else if (token.kind == Kind::array) {
            for (std::uint64_t i = 0; i < token.argument; ++i) item(reader_.next());
        }
    }

    const Deviations& found() const { return found_; }

private:
    void map(const Token& head) {
        std::vector<BytesView> keys;
        for (std::uint64_t i = 0; head.indefinite || i < head.argument; ++i) {
            const std::size_t start = reader_.offset();
            const Token key = reader_.next();
            if (key.kind == Kind::break_code) break;
            item(key);
            keys.push_back(bytes_.substr(start, reader_.offset() - start));
            item(reader_.next());
        }
        if (!std::is_sorted(keys.begin(), keys.end())) {
            found_.unsorted_keys = true;
            std::sort(keys.begin(), keys.end());
        }
        found_.duplicate_keys |= std::adjacent_find(keys.begin(), keys.end()) != keys.end();
    }

    BytesView bytes_;
    Reader& reader_;
    Deviations found_;
};

class Sorter {
public:
    Sorter(const char* p, const char* end, Bytes& out) : p_(p), end_(end), out_(out) {}

    void item(int depth) {
        if (depth > max_stored_depth) throw_corrupt("nesting without end");
        const char* start = p_;
        const Head head = read_head(p_, end_);
        if (head.major == Major::map) return map(head, depth);
        if (head.major != Major::array) {
            p_ = skip(start, end_);
            out_.append(start, p_);
            return;
        }
        p_ = head.next;
        out_.append(start, p_);
        for (std::uint64_t i = 0; i < head.argument; ++i) item(depth + 1);
    }

    void require_end() const {
        if (p_ != end_) throw_corrupt("bytes after the end of a value");
    }

private:
    struct Entry {
        BytesView key;      // encoded
        std::size_t begin;  // of key and value in out_
        std::size_t end;
    };

    void map(const Head& head, int depth) {
        out_.append(p_, head.next);
        p_ = head.next;
        std::vector<Entry> entries;
        for (std::uint64_t i = 0; i < head.argument; ++i) {
            const char* start = p_;
            const std::string_view text = read_key(p_, end_);
            p_ = text.data() + text.size();
            Entry entry{{start, static_cast<std::size_t>(p_ - start)}, out_.size(), 0};
            out_.append(entry.key);
            item(depth + 1);
            entry.end = out_.size();
            entries.push_back(entry);
        }
        sort(entries);
    }

    void sort(std::vector<Entry>& entries) {
        const auto by_key = [](const Entry& a, const Entry& b) { return a.key < b.key; };
        if (std::is_sorted(entries.begin(), entries.end(), by_key)) return;
        const std::size_t begin = entries.front().begin;
        std::sort(entries.begin(), entries.end(), by_key);
        Bytes sorted;
        sorted.reserve(out_.size() - begin);
        for (const Entry& entry : entries) sorted.append(out_, entry.begin, entry.end - entry.begin);
        out_.replace(begin, Bytes::npos, sorted);
    }

    const char* p_;
    const char* end_;
    Bytes& out_;
};

}  // namespace

Deviations deviations(BytesView bytes, const Limits& limits) {
    Reader reader(bytes, limits);
    Inspector inspector(bytes, reader);
    inspector.item(reader.next());
    reader.require_no_more();
    return inspector.found();
}

Bytes canonical(BytesView encoded) {
    Bytes out;
    out.reserve(encoded.size());
    Sorter sorter(encoded.data(), encoded.data() + encoded.size(), out);
    sorter.item(0);
    sorter.require_end();
    return out;
}

}  // namespace sheaf::cbor
