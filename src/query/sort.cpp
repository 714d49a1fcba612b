#include "query/sort.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "query/operand.hpp"
#include "query/raw.hpp"
#include "query/system_fields.hpp"

namespace sheaf::query {

namespace {

constexpr std::size_t max_fields = 32;

[[noreturn]] void refuse(int mongo, std::string_view message, std::string_view path) {
    fail(Code::invalid_sort, mongo, message, path);
}

// {"$meta": "textScore"} and its like: MongoDB's kinds are refused one way, what it does not know another.
[[noreturn]] void refuse_meta(View direction, const std::string& path) {
    constexpr std::string_view unavailable[] = {"textScore", "searchScore", "geoNearDistance", "vectorSearchScore",
                                                "score"};
    if (direction.size() != 1) refuse(9, "$meta stands alone, at " + path, path);
    const View kind = direction["$meta"];
    const std::string_view name = kind.type() == Type::string ? kind.string() : std::string_view();
    if (name == "randVal") refuse(115, "sorting by a random value is not supported yet, at " + path, path);
    const bool known = std::find(std::begin(unavailable), std::end(unavailable), name) != std::end(unavailable);
    if (known) refuse(40218, "there is no " + std::string(name) + " to sort by, at " + path, path);
    refuse(31138, "sorting by the $meta " + describe(kind) + " is not possible, at " + path, path);
}

// A double counts by its whole part.
bool is_descending(View direction, const std::string& path) {
    if (direction.is_object() && direction["$meta"]) refuse_meta(direction, path);
    const std::string message = "the direction of " + path + " is " + describe(direction) + ", not 1 or -1";
    if (!direction.is_number()) refuse(15974, message, path);
    const double whole = std::trunc(direction.number());
    if (whole != 1 && whole != -1) refuse(15975, message, path);
    return whole == -1;
}

Path parse_sorted_path(const std::string& text, const Limits& limits) {
    if (text.empty()) refuse(40352, "a path of a sort is empty", text);
    if (text.back() == '.') refuse(40353, "the path \"" + text + "\" ends with a dot", text);
    Path path = parse_path(text, limits);
    for (const PathPart& part : path) {
        if (part.key.empty()) refuse(15998, "the path \"" + text + "\" has an empty part", text);
        if (is_operator(part.key)) refuse(16410, "a path cannot have a part that begins with $: " + text, text);
    }
    return path;
}

}  // namespace

Sort Sort::parse(const Document& sort, const Settings& settings) {
    check_size(sort, "a sort", settings.limits);
    if (sort.view().size() > max_fields) {
        refuse(13103, "a sort of more than " + std::to_string(max_fields) + " fields", {});
    }
    Sort result;
    for (const auto& [key, direction] : sort.view().members()) {
        const std::string path(key);
        Field field;
        field.descending = is_descending(direction, path);
        field.path = parse_sorted_path(path, settings.limits);
        if (settings.has_system_fields) field.system = system_field(field.path.front().key);
        result.fields_.push_back(std::move(field));
    }
    return result;
}

std::vector<View> Sort::values(const Subject& subject, std::array<Bytes, 5>& system_values) const {
    std::vector<KeyStep> steps;
    steps.reserve(fields_.size());
    for (const Field& field : fields_) {
        if (field.system == SystemField::none) {
            steps.push_back(follow_key(subject.document, field.path));
        } else {
            Bytes& bytes = system_values[static_cast<std::size_t>(field.system)];
            bytes = encode_system_field(subject.system, field.system);
            steps.push_back(follow_key(View(bytes), PathRest(field.path).subspan(1)));
        }
    }
    return first_values(std::move(steps));
}

Sort::Key Sort::key(const Subject& subject, std::size_t first_fields) const {
    std::array<Bytes, 5> system_values;
    const std::vector<View> found = values(subject, system_values);
    Key key;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (i == first_fields) key.prefix = key.bytes.size();
        append_directed_key(key.bytes, found[i], fields_[i].descending);
    }
    if (first_fields >= fields_.size()) key.prefix = key.bytes.size();
    append_key(key.bytes, subject.document["_id"]);
    return key;
}

// Of a sort by more fields, key() might have to throw for the others; two cannot both lead into arrays here.
bool Sort::is_after(const Subject& subject, BytesView bar, Bytes& scratch) const {
    const Field& first = fields_.front();
    if (fields_.size() > 2 || first.system != SystemField::none) return false;
    View value = subject.document;
    for (const PathPart& part : first.path) {
        if (raw::is_array(value)) return false;
        value = value[part.key];
        if (!value) return false;
    }
    if (raw::is_array(value)) return false;
    scratch.clear();
    append_directed_key(scratch, value, first.descending);
    return BytesView(scratch) > bar.substr(0, scratch.size());
}

std::vector<Bytes> Sort::value_keys(const Subject& subject) const {
    std::array<Bytes, 5> system_values;
    std::vector<Bytes> keys;
    for (const View value : values(subject, system_values)) keys.push_back(encode_key(value));
    keys.push_back(encode_key(subject.document["_id"]));
    return keys;
}

Bytes Sort::joined(const std::vector<Bytes>& value_keys) const {
    Bytes key;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const std::size_t begin = key.size();
        key.append(value_keys[i]);
        if (fields_[i].descending) invert_key(key, begin);
    }
    return key.append(value_keys.back());
}

// In the asked order, of all that the document has for the fields.
std::vector<View> Sort::first_values(std::vector<KeyStep> steps) const {
    std::vector<View> first;
    const auto take = [&](std::span<const View> values) {
        if (first.empty() || is_before(values, first)) first.assign(values.begin(), values.end());
    };
    if (const auto conflict = expand_keys(std::move(steps), take)) {
        const std::string path = join_path(fields_[*conflict].path, fields_[*conflict].path.size());
        refuse(2, "cannot sort by two arrays of one document, the second at " + path, path);
    }
    return first;
}

bool Sort::is_before(std::span<const View> a, std::span<const View> b) const {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].data() == b[i].data()) continue;  // the same bytes, maybe many
        const auto order = compare(a[i], b[i]);
        if (order != 0) return fields_[i].descending ? order > 0 : order < 0;
    }
    return false;
}

}  // namespace sheaf::query
