// How a document's sort key is found. MongoDB takes the values that an index on the sorted paths would hold for the
// document and uses the first of them in the asked order. With one path that is the smallest or largest element of an
// array; with several paths that lead into one array, the values of one element stay together.
#include "query/sort.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "query/operand.hpp"
#include "query/system_fields.hpp"
#include "query/traverse.hpp"

namespace sheaf::query {

namespace {

constexpr std::size_t max_fields = 32;
constexpr char null_byte = static_cast<char>(0xF6);

[[noreturn]] void refuse(int mongo, std::string_view message, std::string_view path) {
    fail(Code::invalid_sort, mongo, message, path);
}

View null_view() {
    return View(&null_byte, &null_byte + 1);
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

// The value of one field while its path is followed.
struct Step {
    View value;           // missing: below null, as an empty array sorts
    PathRest rest;        // of the path, below an array
    bool expand = false;  // `value` is an array whose elements are the values, or hold them
};

// Follows the path to its end or to an array that has to be expanded.
Step follow(View value, PathRest rest) {
    bool by_index = false;
    for (; !rest.empty(); rest = rest.subspan(1)) {
        if (value.is_array()) {
            const auto index = rest.front().index;
            if (!index || *index >= value.size()) return {value, rest, true};
            auto element = value.elements().begin();
            for (std::uint32_t i = 0; i < *index; ++i) ++element;
            value = *element;
            by_index = true;
        } else {
            value = value[rest.front().key];
            if (!value) return {null_view(), {}, false};
            by_index = false;
        }
    }
    // An element that was taken by its number is a value, even if it is an array.
    return {value, rest, !by_index && value.is_array()};
}

}  // namespace

// Finds the first key of one document, field by field.
class SortKeyFinder {
public:
    explicit SortKeyFinder(const std::vector<Sort::Field>& fields) : fields_(fields) {}

    std::vector<View> find(const Subject& subject) {
        std::vector<Step> steps;
        steps.reserve(fields_.size());
        for (const Sort::Field& field : fields_) steps.push_back(first_step(field, subject));
        consider(std::move(steps));
        return std::move(best_);
    }

private:
    Step first_step(const Sort::Field& field, const Subject& subject) {
        if (field.system == SystemField::none) return follow(subject.document, field.path);
        Bytes& bytes = system_values_[static_cast<std::size_t>(field.system)];
        bytes = encode_system_field(subject.system, field.system);
        return follow(View(bytes), PathRest(field.path).subspan(1));
    }

    // Expands the array that the steps stand at, if any, and keeps the first of the keys.
    void consider(std::vector<Step> steps) {
        View array;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (!steps[i].expand) continue;
            if (array && array.data() != steps[i].value.data()) {
                refuse(2,
                       "cannot sort by two arrays of one document, the second at " +
                           join_path(fields_[i].path, fields_[i].path.size()),
                       join_path(fields_[i].path, fields_[i].path.size()));
            }
            array = steps[i].value;
        }
        if (!array) return keep_first(steps);
        if (array.size() == 0) return consider(stepped_into(steps, View()));
        for (const View element : array.elements()) consider(stepped_into(steps, element));
    }

    // The steps with the array replaced by one of its elements, or by nothing when it is empty.
    static std::vector<Step> stepped_into(const std::vector<Step>& steps, View element) {
        std::vector<Step> next = steps;
        for (Step& step : next) {
            if (!step.expand) continue;
            if (step.rest.empty()) {
                step = {element, {}, false};
            } else {
                // Only objects are searched: elements of other types, nested arrays included, sort as null.
                step = follow(element.is_object() ? element : View(), step.rest);
            }
        }
        return next;
    }

    void keep_first(const std::vector<Step>& steps) {
        if (!best_.empty() && !is_before(steps)) return;
        best_.clear();
        for (const Step& step : steps) best_.push_back(step.value);
    }

    bool is_before(const std::vector<Step>& steps) const {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (steps[i].value.data() == best_[i].data()) continue;  // the same bytes, maybe many
            const auto order = compare(steps[i].value, best_[i]);
            if (order != 0) return fields_[i].descending ? order > 0 : order < 0;
        }
        return false;
    }

    const std::vector<Sort::Field>& fields_;
    std::array<Bytes, 5> system_values_;
    std::vector<View> best_;
};

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

// Descending fields are inverted bit by bit. A key may be a prefix of another one only where a string ends: "a" is
// tag 'a' 00, and "a\0" is tag 'a' 00 FF 00. What follows "a" decides: inverted, "a" has to come last, and 00 (the
// inverted FF) must be below the next byte. That byte is the tag of the next field or of _id, inverted or not, and no
// tag is 00 or FF; _id is never inverted and ends the key. Hence memcmp gives the asked order.
Bytes Sort::key(const Subject& subject) const {
    Bytes key;
    SortKeyFinder finder(fields_);
    const std::vector<View> values = finder.find(subject);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const std::size_t begin = key.size();
        append_key(key, values[i]);
        if (!fields_[i].descending) continue;
        for (std::size_t at = begin; at < key.size(); ++at) key[at] = static_cast<char>(~key[at]);
    }
    append_key(key, subject.document["_id"]);
    return key;
}

}  // namespace sheaf::query
