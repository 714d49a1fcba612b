#include "query/operand.hpp"

#include <algorithm>

#include <sheaf/json.hpp>

namespace sheaf::query {

namespace {

// Each numeric part may be an index or a key, so that a hostile document doubles the ways to walk with each of them.
constexpr std::ptrdiff_t max_numeric_parts = 16;

constexpr std::size_t max_shown_bytes = 60;

}  // namespace

bool is_true(View value) {
    switch (value.type()) {
        case Type::missing:
        case Type::null:
            return false;
        case Type::boolean:
            return value.boolean();
        case Type::integer:
            return value.integer() != 0;
        case Type::number:
            return value.number() != 0;
        default:
            return true;
    }
}

std::string with_article(Type type) {
    const std::string word(name(type));
    if (type == Type::null || type == Type::missing) return word;
    const bool vowel = std::string_view("aeio").find(word.front()) != std::string_view::npos;
    return (vowel ? "an " : "a ") + word;
}

std::string describe(View value) {
    const Type type = value.type();
    if (type == Type::array || type == Type::object || type == Type::null || type == Type::missing) {
        return with_article(type);
    }
    if (value.encoded().size() > max_shown_bytes) return with_article(type);
    return "the " + std::string(name(type)) + " " + to_json(value);
}

Path parse_path(std::string_view text, const Limits& limits) {
    const auto parts = static_cast<std::size_t>(std::count(text.begin(), text.end(), '.')) + 1;
    if (parts > limits.path_parts) {
        fail(Code::limit_exceeded, 15, "a path of more than " + std::to_string(limits.path_parts) + " parts", {});
    }
    Path path = split_path(text);
    const auto numeric =
        std::count_if(path.begin(), path.end(), [](const PathPart& part) { return part.index.has_value(); });
    if (numeric > max_numeric_parts) {
        fail(Code::limit_exceeded, "a path of more than " + std::to_string(max_numeric_parts) + " numeric parts", text);
    }
    return path;
}

bool has_empty_part(const Path& path) {
    return std::any_of(path.begin(), path.end(), [](const PathPart& part) { return part.key.empty(); });
}

void check_size(const Document& document, std::string_view what, const Limits& limits) {
    const std::size_t size = document.cbor().size();
    if (size <= limits.filter_bytes) return;
    fail(Code::limit_exceeded,
         std::string(what) + " of " + std::to_string(size) + " bytes is over the limit of " +
             std::to_string(limits.filter_bytes),
         {});
}

void fail(Code code, std::string_view message, std::string_view path, std::string_view op) {
    fail(code, 0, message, path, op);
}

void fail(Code code, int mongo, std::string_view message, std::string_view path, std::string_view op) {
    throw Error(code, message, {.path = std::string(path), .op = std::string(op), .mongo = mongo});
}

}  // namespace sheaf::query
