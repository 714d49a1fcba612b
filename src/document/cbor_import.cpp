// CBOR from outside to sheaf's encoding. Recursion is bounded by the Reader, which bounds nesting.
#include <algorithm>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include <sheaf/error.hpp>

#include "document/cbor.hpp"
#include "document/encoder.hpp"
#include "document/extended_json.hpp"
#include "document/place.hpp"
#include "document/unique_keys.hpp"

namespace sheaf::cbor {

namespace {

using Kind = Token::Kind;

std::string_view name_of_reserved(std::uint64_t tag) {
    switch (tag) {
        case tag::decimal128:
            return "decimal128";
        case tag::timestamp:
            return "timestamp";
        case tag::regex:
            return "regular expression";
        case tag::min_key:
            return "min key";
        case tag::max_key:
            return "max key";
        default:
            return "binary with a subtype";
    }
}

std::string name_of(const Token& token) {
    switch (token.kind) {
        case Kind::unsigned_integer:
        case Kind::negative_integer:
            return "an integer";
        case Kind::bytes:
            return "a byte string";
        case Kind::text:
            return "a text string";
        case Kind::array:
            return "an array";
        case Kind::map:
            return "a map";
        case Kind::tag:
            return "tag " + std::to_string(token.argument);
        case Kind::floating:
            return "a float";
        case Kind::break_code:
            return "a break";
        case Kind::simple:
            break;
    }
    switch (token.argument) {
        case 20:
        case 21:
            return "a boolean";
        case 22:
            return "null";
        case 23:
            return "undefined";
        default:
            return "simple(" + std::to_string(token.argument) + ")";
    }
}

class Importer {
public:
    Importer(Reader& reader, Bytes& out) : reader_(reader), encoder_(out) {}

    void item(const Token& token, const Place& place) {
        switch (token.kind) {
            case Kind::unsigned_integer:
            case Kind::negative_integer:
                return encoder_.integer(integer_of(token, place));
            case Kind::bytes:
                return encoder_.bytes(join(token));
            case Kind::text:
                return encoder_.string(join(token));
            case Kind::array:
                return array(token, place);
            case Kind::map:
                return map(token, place);
            case Kind::tag:
                return tagged(token.argument, place);
            case Kind::floating:
                return encoder_.number(token.floating());
            default:
                return simple(token, place);
        }
    }

private:
    static std::int64_t integer_of(const Token& token, const Place& place) {
        if (token.argument > static_cast<std::uint64_t>(INT64_MAX)) {
            place.refuse(Code::invalid_document, "an integer beyond 64 bits with a sign cannot be held");
        }
        const auto magnitude = static_cast<std::int64_t>(token.argument);
        return token.kind == Kind::negative_integer ? ~magnitude : magnitude;
    }

    // The content of a string, whose chunks are put together in joined_.
    BytesView join(const Token& head) {
        if (!head.indefinite) return head.content;
        joined_.clear();
        for (Token chunk = reader_.next(); chunk.kind != Kind::break_code; chunk = reader_.next()) {
            joined_.append(chunk.content);
        }
        return joined_;
    }

    void simple(const Token& token, const Place& place) {
        switch (token.argument) {
            case 20:
            case 21:
                return encoder_.boolean(token.argument == 21);
            case 22:
                return encoder_.null();
            default:
                place.refuse(Code::invalid_document, name_of(token) + " cannot be held");
        }
    }

    void array(const Token& head, const Place& place) {
        const std::size_t start = encoder_.out().size();
        Place child{.parent = &place, .in_array = true};
        if (!head.indefinite) {
            encoder_.begin_array(head.argument);
            for (; child.index < head.argument; ++child.index) item(reader_.next(), child);
            return;
        }
        for (Token token = reader_.next(); token.kind != Kind::break_code; token = reader_.next()) {
            item(token, child);
            ++child.index;
        }
        insert_head(start, Major::array, child.index);
    }

    void map(const Token& head, const Place& place) {
        const std::size_t start = encoder_.out().size();
        const std::size_t first_key = keys_.size();
        if (!head.indefinite) encoder_.begin_object(head.argument);
        Place child{.parent = &place};
        for (std::uint64_t i = 0; head.indefinite || i < head.argument; ++i) {
            const Token token = reader_.next();
            if (token.kind == Kind::break_code) break;
            child.key = key_of(token, i == 0, place);
            keys_.push_back(child.key);
            encoder_.key(child.key);
            item(reader_.next(), child);
        }
        if (head.indefinite) insert_head(start, Major::map, keys_.size() - first_key);
        if (const auto* key = find_equal_key(std::span(keys_).subspan(first_key))) {
            child.key = *key;
            child.refuse(Code::duplicate_field, "the key \"" + std::string(*key) + "\" stands twice in one object");
        }
        keys_.resize(first_key);
    }

    std::string_view key_of(const Token& token, bool first, const Place& place) {
        if (token.kind != Kind::text) {
            place.refuse(Code::invalid_document, "a key must be a text string, not " + name_of(token));
        }
        std::string_view key = join(token);
        if (token.indefinite) key = joined_keys_.emplace_back(key);
        if (first && wrapper_of(key)) {
            place.refuse(Code::invalid_document,
                         "an object that begins with \"" + std::string(key) + "\" would be read back as Extended JSON");
        }
        return key;
    }

    // The head of an item of indefinite length, whose count is known only when its content has been written.
    void insert_head(std::size_t at, Major major, std::uint64_t count) {
        Bytes head;
        Encoder(head).head(major, count);
        encoder_.out().insert(at, head);
    }

    void tagged(std::uint64_t tag, const Place& place) {
        if (tag == 2 || tag == 3)
            place.refuse(Code::invalid_document, "a bignum (tag " + std::to_string(tag) + ") cannot be held");
        if (tag >= tag::first_reserved && tag <= tag::last_reserved) {
            place.refuse(Code::unsupported, "the type " + std::string(name_of_reserved(tag)) + " is not supported yet");
        }
        switch (tag) {
            case tag::datetime:
                return encoder_.datetime({tagged_integer("date", place)});
            case tag::object_id:
                return object_id(place);
            case tag::long_integer:
                return encoder_.integer(Integer{tagged_integer("long", place), true});
            default:
                place.refuse(Code::invalid_document, "tag " + std::to_string(tag) + " cannot be held");
        }
    }

    std::int64_t tagged_integer(const std::string& type, const Place& place) {
        const Token token = reader_.next();
        if (token.kind != Kind::unsigned_integer && token.kind != Kind::negative_integer) {
            place.refuse(Code::invalid_document,
                         "the tag of a " + type + " must hold an integer, not " + name_of(token));
        }
        return integer_of(token, place);
    }

    void object_id(const Place& place) {
        const Token token = reader_.next();
        ObjectId id;
        const bool is_bytes = token.kind == Kind::bytes;
        const BytesView bytes = is_bytes ? join(token) : BytesView();
        if (!is_bytes || bytes.size() != id.bytes.size()) {
            place.refuse(Code::invalid_document, "the tag of an object id must hold 12 bytes");
        }
        std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
        encoder_.object_id(id);
    }

    Reader& reader_;
    Encoder encoder_;
    Bytes joined_;
    std::vector<std::string_view> keys_;   // of the objects that are open, those of the innermost last
    std::deque<std::string> joined_keys_;  // what keys_ refers to when a key came in chunks
};

}  // namespace

Bytes to_sheaf(BytesView bytes, const Limits& limits) {
    Reader reader(bytes, limits);
    Bytes out;
    Importer(reader, out).item(reader.next(), Place{});
    reader.require_no_more();
    if (out.size() > limits.document_bytes) {
        throw Error(Code::limit_exceeded, "a value of " + std::to_string(out.size()) + " bytes is over the limit of " +
                                              std::to_string(limits.document_bytes));
    }
    return out;
}

}  // namespace sheaf::cbor
