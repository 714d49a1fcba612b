// How a document's sort key is found. MongoDB takes the values that an index on the sorted paths would hold for the
// document and uses the first of them in the asked order. With one path that is the smallest or largest element of an
// array; with several paths that lead into one array, the values of one element stay together.
#include "query/sort.hpp"

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

[[noreturn]] void refuse(std::string_view message, std::string_view path) {
    fail(Code::invalid_sort, message, path);
}

View null_view() {
    return View(&null_byte, &null_byte + 1);
}

bool is_descending(View direction, std::string_view path) {
    const bool number = direction.is_number();
    if (number && direction.number() == 1) return false;
    if (number && direction.number() == -1) return true;
    if (direction.is_object() && direction["$meta"]) {
        refuse("sorting by $meta is not supported yet: " + std::string(path), path);
    }
    refuse("the direction of " + std::string(path) + " is " + describe(direction) + ", not 1 or -1", path);
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
                refuse("cannot sort by two arrays of one document, the second at " +
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

Sort Sort::parse(const Document& sort, const Limits& limits) {
    check_size(sort, "a sort", limits);
    if (sort.view().size() > max_fields) {
        refuse("a sort of more than " + std::to_string(max_fields) + " fields", {});
    }
    Sort result;
    for (const auto& [path, direction] : sort.view().members()) {
        Field field{parse_path(path, limits), SystemField::none, is_descending(direction, path)};
        if (has_empty_part(field.path)) refuse("the path \"" + std::string(path) + "\" has an empty part", path);
        for (const PathPart& part : field.path) {
            if (is_operator(part.key))
                refuse("a path cannot have a part that begins with $: " + std::string(path), path);
        }
        field.system = system_field(field.path.front().key);
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
