#include "storage/sqlite/key_column.hpp"

#include <algorithm>

#include <sheaf/error.hpp>

#include "document/key.hpp"

namespace sheaf::sqlite {

namespace {

constexpr char string_tags[] = {static_cast<char>(key_tag::string), static_cast<char>(key_tag::string + 1)};
constexpr BytesView first_string(string_tags, 1);
constexpr BytesView after_strings(string_tags + 1, 1);

}  // namespace

void bind_key(Statement& statement, int parameter, driver::TableKind kind, BytesView key, Bytes& scratch) {
    if (kind != driver::TableKind::documents || !is_string_key(key)) return statement.bind_blob(parameter, key);
    const std::size_t zero = key.find('\0');
    if (zero == key.size() - 1) return statement.bind_text(parameter, key.substr(1, zero - 1));
    scratch = decode_string_key(key);
    if (encode_string_key(scratch) != key) {
        throw Error(Code::invalid_id, "a key that begins with the tag of strings is not a string's key");
    }
    statement.bind_text(parameter, scratch);
}

void read_key(Statement& statement, int column, driver::TableKind kind, Bytes& key) {
    if (statement.is_blob(column)) {
        key.assign(statement.bytes(column));
    } else if (kind == driver::TableKind::documents && statement.is_text(column)) {
        key = encode_string_key(statement.bytes(column));
    } else {
        throw Error(Code::corrupt, "a row's key is neither text nor a blob; another program has written it");
    }
}

void KeyBound::bind(Statement& statement, int parameter) const {
    text ? statement.bind_text(parameter, value) : statement.bind_blob(parameter, value);
}

// A key is 30, the string with 00 written as 00 FF, and 00. Bytes that are no key fall between two keys.
std::string text_bound(BytesView bound) {
    std::string text;
    for (std::size_t i = 1; i < bound.size(); ++i) {
        if (bound[i] != '\0') {
            text.push_back(bound[i]);
        } else if (i + 1 == bound.size()) {
            break;  // the key of `text`, or the beginning of one of its successors'
        } else if (bound[i + 1] == '\xFF') {
            text.push_back('\0');
            ++i;
        } else {
            text.push_back('\0');  // above the key of `text`, below those of all strings that begin with it
            break;
        }
    }
    return text;
}

namespace {

KeyBound blob(BytesView bytes) {
    return {false, Bytes(bytes)};
}

void append_segments(driver::TableKind kind, const driver::KeyRange& range, std::vector<KeySegment>& found) {
    const BytesView lower = range.lower ? BytesView(*range.lower) : BytesView();
    const std::optional<Bytes>& upper = range.upper;
    if (upper && *upper <= lower) return;
    const auto blob_end = [&] { return upper ? std::optional(blob(*upper)) : std::nullopt; };
    if (kind != driver::TableKind::documents) {
        found.push_back({blob(lower), blob_end()});
        return;
    }
    if (lower < first_string) {
        found.push_back({blob(lower), blob(upper ? std::min(BytesView(*upper), first_string) : first_string)});
    }
    if (lower < after_strings && (!upper || *upper > first_string)) {
        const KeyBound all_texts_end = blob("");  // every text is below every blob
        found.push_back({KeyBound{true, is_string_key(lower) ? text_bound(lower) : ""},
                         upper && is_string_key(*upper) ? KeyBound{true, text_bound(*upper)} : all_texts_end});
    }
    if (!upper || *upper > after_strings) found.push_back({blob(std::max(lower, after_strings)), blob_end()});
}

}  // namespace

std::vector<KeySegment> segments(driver::TableKind kind, const driver::KeyRange& range) {
    std::vector<KeySegment> found;
    append_segments(kind, range, found);
    return found;
}

std::vector<KeySegment> all_segments(driver::TableKind kind, std::span<const driver::KeyRange> ranges) {
    if (ranges.empty()) return segments(kind, driver::KeyRange());
    std::vector<KeySegment> found;
    found.reserve(ranges.size());
    for (const driver::KeyRange& range : ranges) append_segments(kind, range, found);
    return found;
}

}  // namespace sheaf::sqlite
