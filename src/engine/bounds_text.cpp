#include "engine/bounds_text.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include <sheaf/json.hpp>
#include <sheaf/value.hpp>

#include "document/key.hpp"

namespace sheaf::engine {

namespace {

constexpr std::size_t most_intervals = 10;
constexpr std::size_t longest_text = 60;

std::uint64_t big_endian(BytesView bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

std::string shortened(std::string text) {
    if (text.size() <= longest_text) return text;
    std::size_t end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // whole characters
    return text.substr(0, end) + "...";
}

std::string number_text(BytesView content) {
    if (content.size() < 8) return "a number";
    const std::uint64_t ordered = big_endian(content.substr(0, 8));
    if (ordered == 0) return "NaN";
    const std::uint64_t sign = std::uint64_t{1} << 63;
    const auto number = std::bit_cast<double>((ordered & sign) != 0 ? ordered ^ sign : ~ordered);
    if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
    const bool whole = std::trunc(number) == number && std::fabs(number) < 9.2e18;
    if (!whole) return to_json(Value(number));
    const auto above = content.size() >= 10 ? static_cast<std::int64_t>(big_endian(content.substr(8, 2))) : 0;
    return std::to_string(static_cast<std::int64_t>(number) + above);
}

std::string string_text(BytesView key) {
    const bool closed = key.size() > 1 && key.back() == '\0';
    if (closed) return shortened(to_json(Value(decode_string_key(key))));
    std::string text;  // the beginning of strings; may end within a character
    append_json_string(text, key.substr(1));
    return shortened(std::move(text));
}

// The value of a key, as far as it can be told from it.
std::string value_text(BytesView key) {
    const auto tag = static_cast<unsigned char>(key.front());
    const BytesView content = key.substr(1);
    switch (tag) {
        case key_tag::missing:
            return "missing";
        case key_tag::null:
            return "null";
        case key_tag::number:
            return number_text(content);
        case key_tag::string:
            return string_text(key);
        case key_tag::boolean:
            return content == BytesView("\1", 1) ? "true" : "false";
        case key_tag::datetime:
            return to_json(Value(DateTime{static_cast<std::int64_t>(big_endian(content) ^ std::uint64_t{1} << 63)}));
        case key_tag::object_id: {
            ObjectId id;
            if (content.size() != id.bytes.size()) return "an object id";
            std::memcpy(id.bytes.data(), content.data(), id.bytes.size());
            return to_json(Value(id));
        }
        case key_tag::object:
            return "{...}";
        case key_tag::array:
            return "[...]";
        case key_tag::bytes:
            return "bytes";
        default:
            return "MaxKey";
    }
}

// Where the values of a type begin: a key of one byte.
std::string_view start_text(unsigned char tag) {
    switch (tag) {
        case key_tag::null:
            return "null";
        case key_tag::number:
            return "NaN";
        case key_tag::string:
            return "\"\"";
        case key_tag::object:
            return "{}";
        case key_tag::array:
            return "[]";
        case key_tag::bytes:
            return "bytes";
        case key_tag::object_id:
            return "object ids";
        case key_tag::boolean:
            return "false";
        case key_tag::datetime:
            return "dates";
        default:
            return tag < key_tag::null ? "MinKey" : "MaxKey";
    }
}

// Where the values of a type end: one byte above its tag.
std::string end_text(unsigned char above) {
    switch (above - 1) {
        case key_tag::number:
            return "Infinity]";
        case key_tag::string:
            return "{})";
        case key_tag::boolean:
            return "true]";
        case key_tag::null:
            return "null]";
        default:
            return std::string(start_text(above)) + ")";
    }
}

// Whether it is a whole key and FF. The content of a number, date or object id may itself end with FF.
bool is_behind(BytesView position) {
    if (position.size() <= 1 || position.back() != '\xFF') return false;
    switch (static_cast<unsigned char>(position.front())) {
        case key_tag::number:
            return position.size() == 10 || position.size() == 12;
        case key_tag::datetime:
            return position.size() == 10;
        case key_tag::object_id:
            return position.size() == 14;
        default:
            return true;
    }
}

std::string lower_text(BytesView lower) {
    if (lower.empty()) return "[MinKey";
    if (lower.size() == 1) return "[" + std::string(start_text(static_cast<unsigned char>(lower.front())));
    if (is_behind(lower)) return "(" + value_text(lower.substr(0, lower.size() - 1));
    return "[" + value_text(lower);
}

std::string upper_text(BytesView upper) {
    if (upper == BytesView("\xFF", 1)) return "MaxKey]";
    if (upper.size() == 1) return end_text(static_cast<unsigned char>(upper.front()));
    if (is_behind(upper)) return value_text(upper.substr(0, upper.size() - 1)) + "]";
    return value_text(upper) + ")";
}

}  // namespace

std::string interval_text(const query::Interval& interval) {
    if (interval.point) return "[" + value_text(interval.lower) + ", " + value_text(interval.lower) + "]";
    return lower_text(interval.lower) + ", " + upper_text(interval.upper);
}

std::vector<std::string> bounds_text(const IndexFit& fit) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < fit.ranges.used; ++i) {
        const auto& ranges = fit.fields[i].ranges();
        std::string text = fit.keys->fields()[i].text + ": ";
        for (std::size_t at = 0; at < std::min(ranges.size(), most_intervals); ++at) {
            text += (at > 0 ? " or " : "") + interval_text(ranges[at]);
        }
        if (ranges.size() > most_intervals) text += " or " + std::to_string(ranges.size() - most_intervals) + " more";
        if (ranges.empty()) text += "nothing";
        texts.push_back(std::move(text));
    }
    return texts;
}

}  // namespace sheaf::engine
