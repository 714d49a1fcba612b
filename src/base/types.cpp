#include <sheaf/error.hpp>
#include <sheaf/types.hpp>

namespace sheaf {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string ObjectId::hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const unsigned char byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

ObjectId ObjectId::from_hex(std::string_view hex) {
    ObjectId id;
    bool valid = hex.size() == 24;
    for (std::size_t i = 0; valid && i < id.bytes.size(); ++i) {
        const int high = hex_digit(hex[2 * i]);
        const int low = hex_digit(hex[2 * i + 1]);
        valid = high >= 0 && low >= 0;
        id.bytes[i] = static_cast<unsigned char>(high * 16 + low);
    }
    if (!valid)
        throw Error(Code::invalid_document, "an object id is 24 hexadecimal digits, not \"" + std::string(hex) + "\"");
    return id;
}

std::string_view name(Type type) {
    switch (type) {
        case Type::missing:
            return "missing";
        case Type::null:
            return "null";
        case Type::integer:
            return "integer";
        case Type::number:
            return "double";
        case Type::string:
            return "string";
        case Type::object:
            return "object";
        case Type::array:
            return "array";
        case Type::bytes:
            return "binary";
        case Type::object_id:
            return "object id";
        case Type::boolean:
            return "boolean";
        case Type::datetime:
            return "date";
    }
    return "unknown";
}

}  // namespace sheaf
