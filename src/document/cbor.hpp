// CBOR (RFC 8949) as it comes from outside: every well-formed item, kept exactly, whether or not sheaf can store it.
//
// Hostile input: nesting, lengths and counts are bounded; nothing recurses on input depth without a limit.
// Threads: free functions and values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sheaf/bytes.hpp>
#include <sheaf/limits.hpp>

namespace sheaf::cbor {

// One step of a walk: an item's head, or the "break" that ends an indefinite-length item.
struct Token {
    enum class Kind : std::uint8_t {
        unsigned_integer,
        negative_integer,
        bytes,
        text,
        array,
        map,
        tag,
        simple,
        floating,
        break_code,
    };
    Kind kind = Kind::simple;
    std::uint64_t argument = 0;  // the head's argument; the bits of a float as it was written
    std::uint8_t width = 0;      // bytes that follow the initial byte: 0, 1, 2, 4 or 8
    bool indefinite = false;
    BytesView content;  // of definite byte and text strings

    double floating() const;  // of a float, exactly
};

// Reads tokens in order. Throws invalid_cbor with the byte offset for anything that is not well-formed (RFC 8949
// appendix C), invalid UTF-8 included; limit_exceeded for nesting beyond the limit.
class Reader {
public:
    explicit Reader(BytesView bytes, const Limits& limits = {});
    bool at_end() const { return open_.empty() && started_; }  // the one top-level item is complete
    Token next();
    std::size_t offset() const { return offset_; }
    // Throws invalid_cbor when bytes follow the item that has been read.
    void require_no_more() const;

private:
    struct Open {
        Token::Kind kind;
        bool indefinite;
        std::uint64_t left;  // items still to come (two per pair of a map)
    };
    Token read_head();
    void read_content(Token& token, std::size_t start);
    void open(const Token& token, std::size_t start);
    void close();
    void item_done();

    BytesView bytes_;
    Limits limits_;
    std::vector<Open> open_;
    std::size_t depth_ = 0;  // of arrays and maps among them
    std::size_t offset_ = 0;
    bool started_ = false;
};

// Writes a token back with the width and the form that it was read in.
void write(const Token& token, Bytes& out);

// Reads one item and nothing after it, throws as Reader does.
void require_well_formed(BytesView bytes, const Limits& limits = {});

// RFC 8949 section 8 diagnostic notation, such as `{1: 2, "a": h'01'}`.
std::string diagnostic(BytesView bytes, const Limits& limits = {});

// Which of the rules of deterministic encoding an item breaks; empty: none. sorted_keys is only asked of the canonical
// form that is hashed, not of stored documents, which keep their key order.
struct Deviations {
    bool long_head = false;   // an argument or length not in the shortest form
    bool long_float = false;  // a float that a shorter one represents
    bool indefinite = false;
    bool unsorted_keys = false;  // RFC 8949 section 4.2.1: bytewise order of the encoded keys
    bool duplicate_keys = false;
    bool any_but_order() const { return long_head || long_float || indefinite || duplicate_keys; }
};
Deviations deviations(BytesView bytes, const Limits& limits = {});

// The canonical form of a value, for hashing: as stored, but with every object's keys sorted.
Bytes canonical(BytesView encoded);

// CBOR of any deterministic or other form to sheaf's encoding. Throws invalid_document naming what sheaf cannot hold,
// duplicate_field, limit_exceeded, invalid_cbor.
Bytes to_sheaf(BytesView bytes, const Limits& limits = {});

}  // namespace sheaf::cbor
