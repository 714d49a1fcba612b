#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "document/key.hpp"
#include "query/expression/accumulators/accumulators.hpp"

namespace sheaf::query {

namespace {

constexpr std::size_t entry_bytes = 96;  // what a container spends on an entry, roughly

Bytes kept(View value) {
    return Bytes((value ? value : null_value()).encoded());
}

// $first and $last. What is missing counts, as null.
class Arrival final : public Accumulator {
public:
    explicit Arrival(bool last) : last_(last) {}
    void add(View value) override {
        if (!last_ && !value_.empty()) return;
        value_ = kept(value);
    }
    View result(Scratch& scratch) const override { return value_.empty() ? null_value() : scratch.copy(View(value_)); }
    std::size_t memory() const override { return value_.capacity(); }

private:
    bool last_;
    Bytes value_;
};

// $min and $max. Missing and null are ignored.
class Extreme final : public Accumulator {
public:
    explicit Extreme(bool largest) : largest_(largest) {}
    void add(View value) override {
        if (is_nullish(value)) return;
        if (!value_.empty()) {
            const auto order = compare(value, View(value_));
            if (largest_ ? order <= 0 : order >= 0) return;
        }
        value_ = kept(value);
    }
    View result(Scratch& scratch) const override { return value_.empty() ? null_value() : scratch.copy(View(value_)); }
    std::size_t memory() const override { return value_.capacity(); }

private:
    bool largest_;
    Bytes value_;
};

// $firstN and $lastN.
class Arrivals final : public Accumulator {
public:
    Arrivals(std::size_t n, bool last) : n_(n), last_(last) {}
    void add(View value) override {
        if (values_.size() == n_) {
            if (!last_) return;
            memory_ -= values_.front().capacity() + entry_bytes;
            values_.pop_front();
        }
        values_.push_back(kept(value));
        memory_ += values_.back().capacity() + entry_bytes;
    }
    View result(Scratch& scratch) const override {
        std::vector<View> views;
        views.reserve(values_.size());
        for (const Bytes& value : values_) views.emplace_back(value);
        return scratch.array(views);
    }
    std::size_t memory() const override { return memory_; }

private:
    std::size_t n_;
    bool last_;
    std::deque<Bytes> values_;
    std::size_t memory_ = 0;
};

enum class End { first, last };

// The n values whose keys come first or last; equal keys keep the order in which they came.
class Ranking {
public:
    Ranking(std::size_t n, End end) : n_(n), end_(end) {}
    void add(Bytes key, View value) {
        if (values_.size() == n_) {
            if (end_ == End::first && key >= values_.rbegin()->first) return;
            if (end_ == End::last && key < values_.begin()->first) return;
        }
        const auto added = values_.emplace(std::move(key), kept(value));
        memory_ += size_of(*added);
        if (values_.size() <= n_) return;
        const auto worst = end_ == End::first ? std::prev(values_.end()) : values_.begin();
        memory_ -= size_of(*worst);
        values_.erase(worst);
    }
    std::vector<View> values() const {
        std::vector<View> views;
        views.reserve(values_.size());
        for (const auto& [key, value] : values_) views.emplace_back(value);
        return views;
    }
    std::size_t memory() const { return memory_; }

private:
    static std::size_t size_of(const std::pair<const Bytes, Bytes>& entry) {
        return entry.first.capacity() + entry.second.capacity() + entry_bytes;
    }

    std::size_t n_;
    End end_;
    std::multimap<Bytes, Bytes> values_;
    std::size_t memory_ = 0;
};

// $minN and $maxN: missing and null are ignored, the extreme comes first.
class Extremes final : public Accumulator {
public:
    Extremes(std::size_t n, End end) : ranking_(n, end), end_(end) {}
    void add(View value) override {
        if (!is_nullish(value)) ranking_.add(encode_key(value), value);
    }
    View result(Scratch& scratch) const override {
        std::vector<View> values = ranking_.values();
        if (end_ == End::last) std::reverse(values.begin(), values.end());
        return scratch.array(values);
    }
    std::size_t memory() const override { return ranking_.memory(); }

private:
    Ranking ranking_;
    End end_;
};

// $top, $topN, $bottom and $bottomN, of arrays of key and value.
class Sorted final : public Accumulator {
public:
    Sorted(std::size_t n, End end, bool alone) : ranking_(n, end), alone_(alone) {}
    void add(View pair) override {
        const ElementRange parts = pair.elements();
        auto part = parts.begin();
        const View key = *part;
        ++part;
        ranking_.add(Bytes(key.bytes()), *part);
    }
    View result(Scratch& scratch) const override {
        const std::vector<View> values = ranking_.values();
        if (!alone_) return scratch.array(values);
        return values.empty() ? null_value() : scratch.copy(values.front());
    }
    std::size_t memory() const override { return ranking_.memory(); }

private:
    Ranking ranking_;
    bool alone_;  // the result is the value, not an array of it
};

}  // namespace

AccumulatorPtr make_first(const AccumulatorSettings&) {
    return std::make_unique<Arrival>(false);
}

AccumulatorPtr make_last(const AccumulatorSettings&) {
    return std::make_unique<Arrival>(true);
}

AccumulatorPtr make_min(const AccumulatorSettings&) {
    return std::make_unique<Extreme>(false);
}

AccumulatorPtr make_max(const AccumulatorSettings&) {
    return std::make_unique<Extreme>(true);
}

AccumulatorPtr make_first_n(const AccumulatorSettings& settings) {
    return std::make_unique<Arrivals>(settings.n, false);
}

AccumulatorPtr make_last_n(const AccumulatorSettings& settings) {
    return std::make_unique<Arrivals>(settings.n, true);
}

AccumulatorPtr make_min_n(const AccumulatorSettings& settings) {
    return std::make_unique<Extremes>(settings.n, End::first);
}

AccumulatorPtr make_max_n(const AccumulatorSettings& settings) {
    return std::make_unique<Extremes>(settings.n, End::last);
}

AccumulatorPtr make_top(const AccumulatorSettings&) {
    return std::make_unique<Sorted>(1, End::first, true);
}

AccumulatorPtr make_bottom(const AccumulatorSettings&) {
    return std::make_unique<Sorted>(1, End::last, true);
}

AccumulatorPtr make_top_n(const AccumulatorSettings& settings) {
    return std::make_unique<Sorted>(settings.n, End::first, false);
}

AccumulatorPtr make_bottom_n(const AccumulatorSettings& settings) {
    return std::make_unique<Sorted>(settings.n, End::last, false);
}

}  // namespace sheaf::query
