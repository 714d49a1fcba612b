#include <sheaf/document.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/cbor.hpp"
#include "document/encoder.hpp"

namespace sheaf {

namespace {

void require_object(const Bytes& bytes) {
    const Type type = View(bytes).type();
    if (type == Type::object) return;
    throw Error(Code::invalid_document, "a document is an object, not " + std::string(name(type)));
}

void require_size(const Bytes& bytes, const Limits& limits) {
    if (bytes.size() <= limits.document_bytes) return;
    throw Error(Code::limit_exceeded, "a document of " + std::to_string(bytes.size()) + " bytes is over the limit of " +
                                          std::to_string(limits.document_bytes));
}

}  // namespace

Document::Document() : bytes_(1, static_cast<char>(0xA0)) {}

Document::Document(const Object& object, const Limits& limits) {
    const Value value(object);
    check_value(value, limits);
    bytes_ = encode(value);
    require_size(bytes_, limits);
}

Document::Document(std::initializer_list<Member> members) : Document(Object(members)) {}

Document Document::from_json(std::string_view text, const Limits& limits) {
    Bytes bytes = json_to_cbor(text, limits);
    require_object(bytes);
    require_size(bytes, limits);
    return from_trusted(std::move(bytes));
}

Document Document::from_cbor(BytesView bytes, const Limits& limits) {
    Bytes own = cbor::to_sheaf(bytes, limits);
    require_object(own);
    require_size(own, limits);
    return from_trusted(std::move(own));
}

Document Document::from_trusted(Bytes bytes) {
    Document document;
    document.bytes_ = std::move(bytes);
    return document;
}

Object Document::to_object() const {
    return std::move(view().to_value().as_object());
}

std::string Document::to_json() const {
    return sheaf::to_json(view());
}

inline namespace literals {
Document operator""_json(const char* text, std::size_t size) {
    return Document::from_json(std::string_view(text, size));
}
}  // namespace literals

}  // namespace sheaf
