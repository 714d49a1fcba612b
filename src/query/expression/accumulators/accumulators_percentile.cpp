// $percentile and $median. MongoDB approximates them by a digest; these are exact, which is the limit that its digest
// tends to: the smallest value that is not below p of all values.
#include <algorithm>
#include <cmath>
#include <vector>

#include "query/expression/accumulators/accumulators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// Values that are no numbers, and NaN, are ignored.
class Percentiles final : public Accumulator {
public:
    // `alone`: the result is the first percentile, not an array.
    Percentiles(Probabilities probabilities, bool alone) : probabilities_(std::move(probabilities)), alone_(alone) {}

    void add(View value) override {
        if (!value.is_number() || std::isnan(value.number())) return;
        numbers_.push_back(value.number());
    }
    View result(Scratch& scratch) const override {
        std::vector<double> sorted = numbers_;
        std::sort(sorted.begin(), sorted.end());
        std::vector<View> found;
        found.reserve(probabilities_->size());
        for (const double probability : *probabilities_) found.push_back(percentile(sorted, probability, scratch));
        return alone_ ? found.front() : scratch.array(found);
    }
    std::size_t memory() const override { return numbers_.capacity() * sizeof(double); }

private:
    static View percentile(const std::vector<double>& sorted, double probability, Scratch& scratch) {
        if (sorted.empty()) return null_value();
        const auto count = static_cast<double>(sorted.size());
        const double rank = std::clamp(std::ceil(probability * count) - 1, 0.0, count - 1);
        return scratch.number(sorted[static_cast<std::size_t>(rank)]);
    }

    Probabilities probabilities_;
    bool alone_;
    std::vector<double> numbers_;
};

}  // namespace

Probabilities read_probabilities(View probabilities, std::string_view op) {
    if (!probabilities.is_array() || probabilities.size() == 0) {
        fail_expression(7750301, op, "takes an array of numbers as p, not " + describe(probabilities));
    }
    std::vector<double> numbers;
    for (const View probability : probabilities.elements()) {
        if (!probability.is_number()) {
            fail_expression(7750302, op, "takes numbers as p, not " + describe(probability));
        }
        if (!(probability.number() >= 0 && probability.number() <= 1)) {
            fail_expression(7750303, op, "takes numbers from 0 to 1 as p, not " + describe(probability));
        }
        numbers.push_back(probability.number());
    }
    return std::make_shared<const std::vector<double>>(std::move(numbers));
}

void check_percentile_method(View method, std::string_view op) {
    if (method.type() == Type::string && method.string() == "approximate") return;
    const Code code = method.type() == Type::string ? Code::invalid_argument : Code::type_mismatch;
    fail(code, std::string(op) + " knows the method \"approximate\" only, not " + describe(method), {}, op);
}

AccumulatorPtr make_percentile(const AccumulatorSettings& settings) {
    return std::make_unique<Percentiles>(settings.probabilities, false);
}

AccumulatorPtr make_median(const AccumulatorSettings&) {
    static const auto half = std::make_shared<const std::vector<double>>(1, 0.5);
    return std::make_unique<Percentiles>(half, true);
}

}  // namespace sheaf::query
