#include "query/intervals.hpp"

#include <algorithm>
#include <utility>

#include "document/key.hpp"

namespace sheaf::query {

namespace {

constexpr char top = static_cast<char>(0xFF);

bool is_point(BytesView lower, BytesView upper) {
    return !lower.empty() && upper.size() == lower.size() + 1 && upper.back() == top && upper.starts_with(lower);
}

bool begins_before(const Interval& a, const Interval& b) {
    return a.lower < b.lower;
}

}  // namespace

Intervals Intervals::all() {
    return range({}, Bytes(1, top));
}

Intervals Intervals::point(View value) {
    return points({encode_key(value)});
}

Intervals Intervals::points(std::vector<Bytes> keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    Intervals result;
    result.ranges_.reserve(keys.size());
    for (Bytes& key : keys) {
        Bytes upper = behind(key);
        result.ranges_.push_back({std::move(key), std::move(upper), true});
    }
    return result;
}

Intervals Intervals::of_type(Type type) {
    const auto tag = static_cast<char>(key_tag_of(type));
    return range(Bytes(1, tag), Bytes(1, static_cast<char>(tag + 1)));
}

Intervals Intervals::strings_with(std::string_view prefix) {
    Bytes lower = encode_string_key(prefix);
    lower.pop_back();  // the byte that ends the string
    Bytes upper = next_prefix(lower).value();
    return range(std::move(lower), std::move(upper));
}

Intervals Intervals::range(Bytes lower, Bytes upper) {
    Intervals result;
    if (lower >= upper) return result;
    const bool point = is_point(lower, upper);
    result.ranges_.push_back({std::move(lower), std::move(upper), point});
    return result;
}

Intervals Intervals::joined(std::vector<Interval> ranges) {
    if (!std::is_sorted(ranges.begin(), ranges.end(), begins_before)) {
        std::sort(ranges.begin(), ranges.end(), begins_before);
    }
    Intervals result;
    std::vector<Interval>& out = result.ranges_;
    for (Interval& range : ranges) {
        if (range.lower >= range.upper) continue;
        if (out.empty() || out.back().upper < range.lower) {
            out.push_back(std::move(range));
        } else if (out.back().upper < range.upper) {
            out.back().upper = std::move(range.upper);
            out.back().point = is_point(out.back().lower, out.back().upper);
        }
    }
    return result;
}

bool Intervals::is_all() const {
    return ranges_.size() == 1 && ranges_.front().lower.empty() && ranges_.front().upper == BytesView(&top, 1);
}

bool Intervals::only_points() const {
    return std::all_of(ranges_.begin(), ranges_.end(), [](const Interval& range) { return range.point; });
}

bool Intervals::contains(BytesView key) const {
    const auto behind_it =
        std::upper_bound(ranges_.begin(), ranges_.end(), key,
                         [](BytesView wanted, const Interval& range) { return wanted < range.lower; });
    return behind_it != ranges_.begin() && key < std::prev(behind_it)->upper;
}

bool Intervals::covers(const Intervals& other) const {
    return std::all_of(other.ranges_.begin(), other.ranges_.end(), [this](const Interval& range) {
        const auto behind_it = std::upper_bound(ranges_.begin(), ranges_.end(), range, begins_before);
        return behind_it != ranges_.begin() && range.upper <= std::prev(behind_it)->upper;
    });
}

Intervals Intervals::intersected(const Intervals& other) const {
    Intervals result;
    auto a = ranges_.begin();
    auto b = other.ranges_.begin();
    while (a != ranges_.end() && b != other.ranges_.end()) {
        const Bytes& lower = std::max(a->lower, b->lower);
        const Bytes& upper = std::min(a->upper, b->upper);
        if (lower < upper) result.ranges_.push_back({lower, upper, is_point(lower, upper)});
        if (a->upper < b->upper) {
            ++a;
        } else {
            ++b;
        }
    }
    return result;
}

Intervals Intervals::united(const Intervals& other) const {
    std::vector<Interval> ranges = ranges_;
    ranges.insert(ranges.end(), other.ranges_.begin(), other.ranges_.end());
    return joined(std::move(ranges));
}

std::optional<Bytes> next_prefix(BytesView prefix) {
    const std::size_t last = prefix.find_last_not_of(top);
    if (last == BytesView::npos) return std::nullopt;
    Bytes next(prefix.substr(0, last + 1));
    next.back() = static_cast<char>(static_cast<unsigned char>(next.back()) + 1);
    return next;
}

Bytes behind(Bytes key) {
    key.push_back(top);
    return key;
}

}  // namespace sheaf::query
