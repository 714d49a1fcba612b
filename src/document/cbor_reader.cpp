#include <algorithm>
#include <string>

#include <sheaf/error.hpp>

#include "document/cbor.hpp"
#include "document/encoder.hpp"
#include "document/head.hpp"
#include "document/utf8.hpp"

namespace sheaf::cbor {

namespace {

using Kind = Token::Kind;

constexpr unsigned indefinite_info = 31;

[[noreturn]] void refuse(std::size_t offset, const std::string& what) {
    throw Error(Code::invalid_cbor, what + " at byte " + std::to_string(offset));
}

bool is_string(Kind kind) {
    return kind == Kind::bytes || kind == Kind::text;
}
bool is_container(Kind kind) {
    return kind == Kind::array || kind == Kind::map;
}

Kind kind_of(unsigned major, unsigned info) {
    constexpr Kind kinds[] = {
        Kind::unsigned_integer, Kind::negative_integer, Kind::bytes, Kind::text, Kind::array, Kind::map, Kind::tag};
    if (major < std::size(kinds)) return kinds[major];
    if (info == indefinite_info) return Kind::break_code;
    return info >= 25 && info <= 27 ? Kind::floating : Kind::simple;
}

unsigned major_of(Kind kind) {
    switch (kind) {
        case Kind::unsigned_integer:
            return 0;
        case Kind::negative_integer:
            return 1;
        case Kind::bytes:
            return 2;
        case Kind::text:
            return 3;
        case Kind::array:
            return 4;
        case Kind::map:
            return 5;
        case Kind::tag:
            return 6;
        case Kind::simple:
        case Kind::floating:
        case Kind::break_code:
            return 7;
    }
    return 7;
}

unsigned info_of_width(std::size_t width) {
    return width == 8 ? 27 : width == 4 ? 26 : width == 2 ? 25 : 24;
}

}  // namespace

double Token::floating() const {
    return decode_float({Major::simple, static_cast<std::uint8_t>(info_of_width(width)), argument, nullptr});
}

Reader::Reader(BytesView bytes, const Limits& limits) : bytes_(bytes), limits_(limits) {
    limits_.depth = std::min(limits_.depth, std::size_t{max_stored_depth});
}

Token Reader::read_head() {
    if (offset_ >= bytes_.size()) refuse(offset_, "the input ends before the item does");
    const std::size_t start = offset_;
    const auto first = static_cast<unsigned char>(bytes_[offset_++]);
    const unsigned info = first & 31U;
    Token token;
    token.kind = kind_of(first >> 5, info);
    if (info < 24) {
        token.argument = info;
    } else if (info <= 27) {
        const std::size_t width = std::size_t{1} << (info - 24);
        if (bytes_.size() - offset_ < width) refuse(start, "the input ends inside a head");
        token.width = static_cast<std::uint8_t>(width);
        token.argument = load_big_endian(bytes_.data() + offset_, width);
        offset_ += width;
    } else if (info < indefinite_info) {
        refuse(start, "reserved additional information " + std::to_string(info));
    } else if (!is_string(token.kind) && !is_container(token.kind) && token.kind != Kind::break_code) {
        refuse(start, "an indefinite length where there is no length");
    } else {
        token.indefinite = token.kind != Kind::break_code;
    }
    if (token.kind == Kind::simple && token.width == 1 && token.argument < 32) {
        refuse(start, "simple value " + std::to_string(token.argument) + " in two bytes");
    }
    return token;
}

void Reader::read_content(Token& token, std::size_t start) {
    if (token.argument > bytes_.size() - offset_) refuse(start, "the input ends inside a string");
    token.content = bytes_.substr(offset_, static_cast<std::size_t>(token.argument));
    if (token.kind == Kind::text) {
        const std::size_t valid = utf8_error_offset(token.content);
        if (valid != token.content.size()) refuse(offset_ + valid, "invalid UTF-8 in a text string");
    }
    offset_ += token.content.size();
}

void Reader::open(const Token& token, std::size_t start) {
    std::uint64_t items = token.argument;
    if (is_container(token.kind)) {
        if (!token.indefinite) {
            const std::size_t per_entry = token.kind == Kind::map ? 2 : 1;
            if (items > (bytes_.size() - offset_) / per_entry) {
                refuse(start, std::string(token.kind == Kind::map ? "a map" : "an array") + " of " +
                                  std::to_string(items) + " entries ends early");
            }
            items *= per_entry;
        }
        if (depth_ == limits_.depth) {
            throw Error(Code::limit_exceeded, "nested deeper than " + std::to_string(limits_.depth) +
                                                  " levels at byte " + std::to_string(start));
        }
        ++depth_;
    } else if (token.kind == Kind::tag) {
        if (open_.size() - depth_ == limits_.depth) {
            throw Error(Code::limit_exceeded, "more than " + std::to_string(limits_.depth) +
                                                  " tags inside each other at byte " + std::to_string(start));
        }
        items = 1;
    }
    open_.push_back({token.kind, token.indefinite, token.indefinite ? 0 : items});
    if (!token.indefinite && items == 0) close();
}

void Reader::close() {
    if (is_container(open_.back().kind)) --depth_;
    open_.pop_back();
    item_done();
}

// An item is complete: counts it in what holds it, which may thereby be complete itself.
void Reader::item_done() {
    while (!open_.empty()) {
        Open& top = open_.back();
        if (top.indefinite) {
            top.left ^= 1;  // 1: a map's key waits for its value
            return;
        }
        if (--top.left > 0) return;
        if (is_container(top.kind)) --depth_;
        open_.pop_back();
    }
}

Token Reader::next() {
    if (at_end()) throw Error(Code::invalid_argument, "the CBOR item has been read to its end");
    started_ = true;
    const std::size_t start = offset_;
    Token token = read_head();
    const bool in_chunks = !open_.empty() && is_string(open_.back().kind);
    if (token.kind == Kind::break_code) {
        if (open_.empty() || !open_.back().indefinite) refuse(start, "a break outside an indefinite length");
        if (open_.back().kind == Kind::map && open_.back().left == 1) refuse(start, "a break after a key");
        close();
        return token;
    }
    if (in_chunks && (token.kind != open_.back().kind || token.indefinite)) {
        refuse(start, "a chunk that is not a definite string of the same kind");
    }
    if (is_container(token.kind) || token.kind == Kind::tag || token.indefinite) {
        open(token, start);
        return token;
    }
    if (is_string(token.kind)) read_content(token, start);
    item_done();
    return token;
}

void write(const Token& token, Bytes& out) {
    unsigned info = static_cast<unsigned>(token.argument);
    if (token.indefinite || token.kind == Kind::break_code) {
        info = indefinite_info;
    } else if (token.width > 0) {
        info = info_of_width(token.width);
    }
    out.push_back(static_cast<char>(major_of(token.kind) << 5 | info));
    for (std::size_t i = token.width; i > 0; --i) out.push_back(static_cast<char>(token.argument >> (8 * (i - 1))));
    out.append(token.content);
}

void require_well_formed(BytesView bytes, const Limits& limits) {
    Reader reader(bytes, limits);
    while (!reader.at_end()) reader.next();
    reader.require_no_more();
}

void Reader::require_no_more() const {
    if (offset_ != bytes_.size()) {
        refuse(offset_, std::to_string(bytes_.size() - offset_) + " bytes after the end of the item");
    }
}

}  // namespace sheaf::cbor
