// Document: an immutable, valid, encoded JSON object. The unit that sheaf stores, and the form in which filters,
// updates, projections and sorts are given.
//
// A Document always holds deterministic CBOR of one object within Limits: keys unique, strings UTF-8, only the types of
// sheaf::Type. Whoever has a Document need not check its bytes again.
//
// Threads: an immutable value; copies are independent.
//
//     using namespace sheaf::literals;
//     Document ada = Document::from_json(R"({"name": "Ada", "born": {"$date": "1815-12-10T00:00:00Z"}})");
//     Document filter = R"({"age": {"$gte": 18}})"_json;
#pragma once

#include <string>
#include <string_view>

#include <sheaf/bytes.hpp>
#include <sheaf/limits.hpp>
#include <sheaf/value.hpp>
#include <sheaf/view.hpp>

namespace sheaf {

class Document {
public:
    Document();  // {}
    // Throws invalid_document, duplicate_field or limit_exceeded.
    explicit Document(const Object& object, const Limits& limits = {});
    Document(std::initializer_list<Member> members);

    // JSON or Extended JSON v2 (canonical or relaxed). Throws invalid_json with line and column, invalid_document,
    // duplicate_field, limit_exceeded.
    static Document from_json(std::string_view text, const Limits& limits = {});
    // CBOR of an object. Encodings that are not deterministic are accepted and normalised; what a document cannot hold
    // (undefined, foreign tags, non-string keys...) is refused by name. Throws invalid_cbor, invalid_document,
    // duplicate_field, limit_exceeded.
    static Document from_cbor(BytesView bytes, const Limits& limits = {});
    // Bytes that sheaf itself has encoded and that are known to be valid; nothing is checked.
    static Document from_trusted(Bytes bytes);

    View view() const { return View(bytes_); }
    View operator[](std::string_view key) const { return view()[key]; }
    View at(std::string_view path) const { return view().at(path); }
    bool empty() const { return view().size() == 0; }
    const Bytes& cbor() const { return bytes_; }
    Object to_object() const;
    std::string to_json() const;  // relaxed Extended JSON, one line

    // Equal bytes: equal members in equal order.
    bool operator==(const Document&) const = default;

private:
    Bytes bytes_;
};

inline namespace literals {
Document operator""_json(const char* text, std::size_t size);
}

}  // namespace sheaf
