#include <cmath>

#include "query/expression/accumulators/accumulators.hpp"
#include "query/expression/numbers/numbers.hpp"

namespace sheaf::query {

namespace {

class Sum final : public Accumulator {
public:
    void add(View value) override {
        if (value.is_number()) sum_.add(value);
    }
    View result(Scratch& scratch) const override { return sum_.total(scratch); }

private:
    Summation sum_;
};

class Average final : public Accumulator {
public:
    void add(View value) override {
        if (!value.is_number()) return;
        sum_.add(value.number());  // longs count as doubles, as MongoDB has it
        ++count_;
    }
    View result(Scratch& scratch) const override {
        if (count_ == 0) return null_value();
        return scratch.number(sum_.real() / static_cast<double>(count_));
    }

private:
    Summation sum_;
    std::int64_t count_ = 0;
};

// Welford's method: one pass, and no difference of large squares.
class Deviation final : public Accumulator {
public:
    explicit Deviation(std::int64_t lost_degrees) : lost_degrees_(lost_degrees) {}
    void add(View value) override {
        if (!value.is_number()) return;
        const double number = value.number();
        ++count_;
        const double distance = number - mean_;
        mean_ += distance / static_cast<double>(count_);
        squares_ += distance * (number - mean_);
    }
    View result(Scratch& scratch) const override {
        const std::int64_t degrees = count_ - lost_degrees_;
        if (degrees <= 0) return null_value();
        return scratch.number(std::sqrt(squares_ / static_cast<double>(degrees)));
    }

private:
    std::int64_t lost_degrees_;
    std::int64_t count_ = 0;
    double mean_ = 0;
    double squares_ = 0;  // of the distances from the mean
};

}  // namespace

AccumulatorPtr make_sum(const AccumulatorSettings&) {
    return std::make_unique<Sum>();
}

AccumulatorPtr make_average(const AccumulatorSettings&) {
    return std::make_unique<Average>();
}

AccumulatorPtr make_population_deviation(const AccumulatorSettings&) {
    return std::make_unique<Deviation>(0);
}

AccumulatorPtr make_sample_deviation(const AccumulatorSettings&) {
    return std::make_unique<Deviation>(1);
}

}  // namespace sheaf::query
