#include "query/index_keys.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include <sheaf/error.hpp>

#include "base/hash.hpp"
#include "document/key.hpp"
#include "query/key_values.hpp"
#include "query/operand.hpp"
#include "query/subject.hpp"

namespace sheaf::query {

namespace {

constexpr int cannot_create_index = 67;
constexpr int too_many_fields = 13103;
constexpr int parallel_arrays = 171;
constexpr int two_wildcards = 7246201;
constexpr int word_wildcard = 7246202;

[[noreturn]] void refuse(std::string_view message, std::string_view path, int mongo = cannot_create_index) {
    fail(Code::invalid_argument, mongo, message, path);
}

bool is_wildcard(const Path& path) {
    return path.back().key == "$**";
}

// MongoDB's other kinds of indexes, which stand in the place of a direction. Of them only "text" can be a wildcard.
[[noreturn]] void refuse_kind(std::string_view kind, const IndexField& field) {
    constexpr std::string_view foreign[] = {"text", "2d", "2dsphere", "hashed"};
    const bool wildcard = is_wildcard(field.path);
    const bool exists = std::find(std::begin(foreign), std::end(foreign), kind) != std::end(foreign);
    const std::string message = "an index of the kind \"" + std::string(kind) + "\", at " + field.text;
    if (exists && (!wildcard || kind == "text")) {
        fail(Code::unsupported, message + ", is not supported: give 1 or -1", field.text);
    }
    const bool is_word = kind == "wildcard" && !wildcard;
    refuse(message + ", does not exist: give 1 or -1", field.text, is_word ? word_wildcard : cannot_create_index);
}

bool is_descending(View direction, const IndexField& field) {
    if (direction.type() == Type::string) refuse_kind(direction.string(), field);
    const double number = direction.is_number() ? direction.number() : 0;
    if (number == 0 || std::isnan(number)) {
        refuse("the direction of " + field.text + " in an index is " + describe(direction) + ", not 1 or -1",
               field.text);
    }
    return number < 0;
}

Path parse_indexed_path(const std::string& text, const Limits& limits) {
    Path path = parse_path(text, limits);
    if (has_empty_part(path)) refuse("the path \"" + text + "\" of an index has an empty part", text);
    if (system_field(path.front().key) != SystemField::none) {
        refuse("the system field " + text + " cannot be in an index", text);
    }
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (!is_operator(path[i].key) || (i + 1 == path.size() && is_wildcard(path))) continue;
        refuse("the path \"" + text + "\" of an index has a part that begins with $", text);
    }
    return path;
}

// Once everything else about the index is as it should be.
void refuse_wildcards(const std::vector<IndexField>& fields) {
    const IndexField* wildcard = nullptr;
    for (const IndexField& field : fields) {
        if (!is_wildcard(field.path)) continue;
        if (wildcard != nullptr) refuse("an index has two wildcards", field.text, two_wildcards);
        wildcard = &field;
    }
    if (wildcard == nullptr) return;
    fail(Code::unsupported, "wildcard indexes are not supported: " + wildcard->text, wildcard->text);
}

// Cuts a key that is too long.
bool cut(Bytes& key) {
    if (key.size() <= IndexKeys::max_key_bytes) return false;
    const Sha256 hash = sha256(key);
    key.resize(IndexKeys::max_key_bytes);
    // FF, as behind every key that is the beginning of another: a whole key may end here, too.
    key.push_back(static_cast<char>(0xFF));
    key.append(reinterpret_cast<const char*>(hash.data()), IndexKeys::key_hash_bytes);
    return true;
}

// One key of a document, made field by field.
struct KeyMaker {
    Bytes bytes{};
    bool absent = true;  // no field is there
    bool has_null = false;

    void add(View value, bool descending) {
        if (!is_absent(value)) absent = false;
        if (!value || value.is_null()) has_null = true;
        append_directed_key(bytes, value, descending);
    }
    void put_into(IndexKeys::Found& found, bool sparse) {
        if (!absent) found.all_missing = false;
        if (absent && sparse) return;
        if (has_null) found.has_null = true;
        if (cut(bytes)) found.cut = true;
        const bool again = !found.keys.empty() && found.keys.back() == bytes;
        if (!again) found.keys.push_back(std::move(bytes));
    }
};

// Sorts them and drops the equal ones.
void tidy(std::vector<Bytes>& keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    if (keys.size() <= IndexKeys::max_keys) return;
    fail(Code::limit_exceeded,
         "a document has more than " + std::to_string(IndexKeys::max_keys) + " keys in one index: shorten its arrays",
         {});
}

// A field's interval in terms of its directed keys. A greater key is a lesser one inverted; what begins with a bound
// changes sides with it, hence the next prefix.
Interval directed(const Interval& interval, bool descending) {
    if (!descending) return interval;
    const auto inverted = [](Bytes bound) {
        for (char& byte : bound) byte = static_cast<char>(~byte);
        return next_prefix(bound).value_or(Bytes(1, static_cast<char>(0xFF)));
    };
    if (!interval.point) return {inverted(interval.upper), inverted(interval.lower), false};
    Bytes key = interval.lower;
    invert_key(key, 0);
    Bytes upper = behind(key);
    return {std::move(key), std::move(upper), true};
}

std::vector<Interval> directed(const Intervals& intervals, bool descending) {
    std::vector<Interval> result;
    result.reserve(intervals.ranges().size());
    for (const Interval& interval : intervals.ranges()) result.push_back(directed(interval, descending));
    if (descending) std::reverse(result.begin(), result.end());
    return result;
}

// At most `count` ranges that hold the same and what lies between some of them.
Intervals coarsened(const Intervals& intervals, std::size_t count) {
    const std::vector<Interval>& ranges = intervals.ranges();
    const std::size_t step = (ranges.size() + count - 1) / count;
    std::vector<Interval> joined;
    for (std::size_t i = 0; i < ranges.size(); i += step) {
        const std::size_t last = std::min(i + step, ranges.size()) - 1;
        joined.push_back({ranges[i].lower, ranges[last].upper, step == 1 && ranges[i].point});
    }
    return Intervals::joined(std::move(joined));
}

constexpr std::size_t max_range_bytes = 16U * 1024 * 1024;  // of the lower ends, before any is cut

// The ranges of whole keys, field by field: `ranges_` holds what the fields so far make, each to be gone on with.
class RangeMaker {
public:
    explicit RangeMaker(std::size_t fields) : fields_(fields) {}

    // Whether a further field can narrow.
    bool add(const Intervals& bounds, bool descending) {
        if (bounds.is_all()) return false;
        const std::size_t room = IndexKeys::max_ranges / std::max<std::size_t>(prefixes_.size(), 1);
        if (used_ > 0 && bytes_with(bounds) > max_range_bytes) return false;
        if (bounds.ranges().size() > room) {
            // Values of one field are worth more than none of the next.
            if (prefixes_.size() > 1) return false;
            exact_ = false;
            return multiply(coarsened(bounds, room), descending);
        }
        return multiply(bounds, descending);
    }

    IndexKeys::Ranges finish() {
        std::vector<Interval> ranges = std::move(ranges_);
        for (Interval& range : ranges) shorten(range);
        return {Intervals::joined(std::move(ranges)).ranges(), used_, exact_};
    }

private:
    // Of all ranges, once they have been multiplied.
    std::size_t bytes_with(const Intervals& bounds) const {
        std::size_t before = 0;
        for (const Bytes& prefix : prefixes_) before += prefix.size();
        std::size_t next = 0;
        for (const Interval& range : bounds.ranges()) next += range.lower.size();
        return before * bounds.ranges().size() + next * prefixes_.size();
    }

    bool multiply(const Intervals& bounds, bool descending);
    void shorten(Interval& range);

    std::size_t fields_;
    std::size_t used_ = 0;
    bool exact_ = true;
    std::vector<Bytes> prefixes_{Bytes()};
    std::vector<Interval> ranges_{Intervals::all().ranges()};
};

bool RangeMaker::multiply(const Intervals& bounds, bool descending) {
    const std::vector<Interval> next = directed(bounds, descending);
    ++used_;
    ranges_.clear();
    std::vector<Bytes> prefixes;
    for (const Bytes& prefix : prefixes_) {
        for (const Interval& interval : next) {
            ranges_.push_back({prefix + interval.lower, prefix + interval.upper, interval.point && used_ == fields_});
            if (interval.point) prefixes.push_back(ranges_.back().lower);
        }
    }
    prefixes_ = std::move(prefixes);
    return bounds.only_points();
}

// Keys that are too long are cut, so that what is behind the cut cannot be told apart.
void RangeMaker::shorten(Interval& range) {
    if (range.point) {
        if (!cut(range.lower)) return;
        range.upper = behind(range.lower);
        exact_ = false;
        return;
    }
    if (range.lower.size() > IndexKeys::max_key_bytes) {
        range.lower.resize(IndexKeys::max_key_bytes);
        exact_ = false;
    }
    if (range.upper.size() > IndexKeys::max_key_bytes) {
        range.upper.resize(IndexKeys::max_key_bytes);
        range.upper = next_prefix(range.upper).value_or(Bytes(1, static_cast<char>(0xFF)));
        exact_ = false;
    }
}

}  // namespace

// One value of the only field: what most queries ask an index for. Its interval is that of the key.
const Interval* IndexKeys::only_value(const std::vector<Intervals>& bounds) const {
    if (fields_.size() != 1 || fields_.front().descending || bounds.size() != 1) return nullptr;
    const std::vector<Interval>& ranges = bounds.front().ranges();
    const bool one = ranges.size() == 1 && ranges.front().point && ranges.front().lower.size() <= max_key_bytes;
    return one ? &ranges.front() : nullptr;
}

IndexKeys IndexKeys::parse(View keys, const Limits& limits) {
    if (keys.size() == 0) refuse("an index needs at least one field", {});
    if (keys.size() > max_fields) {
        refuse("an index of more than " + std::to_string(max_fields) + " fields", {}, too_many_fields);
    }
    IndexKeys result;
    for (const auto& [key, direction] : keys.members()) {
        IndexField field{std::string(key)};
        field.path = parse_indexed_path(field.text, limits);
        field.descending = is_descending(direction, field);
        result.fields_.push_back(std::move(field));
    }
    refuse_wildcards(result.fields_);
    return result;
}

IndexKeys::Found IndexKeys::find(View document, bool sparse) const {
    KeyMaker key;
    for (const IndexField& field : fields_) {
        const KeyStep step = follow_key(document, field.path);
        if (step.expand) return find_expanded(document, sparse);
        key.add(step.value, field.descending);
    }
    Found found;
    found.all_missing = true;
    key.put_into(found, sparse);
    return found;
}

IndexKeys::Found IndexKeys::find_expanded(View document, bool sparse) const {
    Found found;
    found.all_missing = true;
    std::vector<KeyStep> steps;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        steps.push_back(follow_key(document, fields_[i].path));
        if (steps.back().expand) found.multikey |= std::uint32_t{1} << i;
    }
    std::size_t made = 0;
    const auto take = [&](std::span<const View> values) {
        KeyMaker key;
        for (std::size_t i = 0; i < values.size(); ++i) key.add(values[i], fields_[i].descending);
        made += key.bytes.size();
        if (made > max_made_bytes) {
            fail(Code::limit_exceeded, "the keys of a document in one index are too large: shorten its arrays", {});
        }
        key.put_into(found, sparse);
        if (found.keys.size() > 2 * max_keys) tidy(found.keys);
    };
    if (const auto conflict = expand_keys(std::move(steps), take)) {
        const std::string& path = fields_[*conflict].text;
        fail(Code::invalid_document, parallel_arrays,
             "one index cannot hold two arrays of one document, the second at " + path, path);
    }
    tidy(found.keys);
    return found;
}

IndexKeys::Ranges IndexKeys::key_ranges(const std::vector<Intervals>& bounds) const {
    if (const Interval* value = only_value(bounds)) return {{*value}, 1, true};
    RangeMaker maker(fields_.size());
    for (std::size_t i = 0; i < fields_.size() && i < bounds.size(); ++i) {
        if (!maker.add(bounds[i], fields_[i].descending)) break;
    }
    return maker.finish();
}

}  // namespace sheaf::query
