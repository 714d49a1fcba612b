#include "engine/field_tally.hpp"

#include <sheaf/error.hpp>

#include "query/lowered_path.hpp"
#include "query/operand.hpp"
#include "query/raw.hpp"
#include "query/system_fields.hpp"

namespace sheaf::engine {

namespace {

Path parse_field(std::string_view text, const Limits& limits) {
    if (text.empty()) throw Error(Code::invalid_argument, "the path of a field is empty");
    Path path = query::parse_path(text, limits);
    for (const PathPart& part : path) {
        if (!query::is_operator(part.key)) continue;
        const std::string field(text);
        throw Error(Code::invalid_argument, "a part of the path " + field + " begins with $; fields stand without it",
                    {.path = field});
    }
    return path;
}

View element(View array, std::optional<std::uint32_t> index) {
    if (!index || *index >= array.size()) return {};
    auto at = array.elements().begin();
    for (std::uint32_t i = 0; i < *index; ++i) ++at;
    return *at;
}

}  // namespace

FieldReader::FieldReader(std::string_view path, const Limits& limits)
    : path_(parse_field(path, limits)), system_(query::system_field(path_.front().key)) {}

View FieldReader::value(const query::Subject& subject) {
    if (system_ != query::SystemField::none) {
        if (path_.size() > 1) return {};
        system_value_ = query::encode_system_field(subject.system, system_);
        return View(system_value_);
    }
    View value = subject.document;
    for (const PathPart& part : path_) {
        value = query::raw::is_array(value) ? element(value, part.index) : value[part.key];
        if (!value) break;
    }
    return value;
}

std::optional<std::vector<std::string>> FieldReader::lowered_path() const {
    if (system_ != query::SystemField::none) return std::nullopt;
    return query::lowered_path(path_);
}

std::size_t FieldTally::add(Aggregate op, View value) {
    if (!value || value.is_null()) return 0;
    switch (op) {
        case Aggregate::count:
            ++count_;
            return 0;
        case Aggregate::sum:
        case Aggregate::avg:
            add_number(value);
            return 0;
        case Aggregate::min:
            return keep_if(true, value);
        case Aggregate::max:
            return keep_if(false, value);
    }
    return 0;
}

void FieldTally::add_number(View value) {
    if (const auto integer = query::raw::integer(value)) return add_integer(*integer);
    if (const auto number = query::raw::floating(value)) {
        ++count_;
        has_doubles_ = has_rest_ = true;
        return rest_.add(*number);
    }
    if (value.type() == Type::integer) add_integer(value.integer());
}

void FieldTally::add_integer(std::int64_t value) {
    ++count_;
    std::int64_t sum = 0;
    if (__builtin_add_overflow(whole_, value, &sum)) {
        has_rest_ = true;
        rest_.add(whole_);
        sum = value;
    }
    whole_ = sum;
}

// Of equal values the first stays.
std::size_t FieldTally::keep_if(bool smaller, View value) {
    if (!kept_.empty()) {
        const auto order = compare(value, View(kept_));
        if (smaller ? order >= 0 : order <= 0) return 0;
    }
    const std::size_t before = kept_.capacity();
    kept_.assign(value.encoded());
    return kept_.capacity() - before;
}

Value FieldTally::result(const FieldAggregate& aggregate) const {
    switch (aggregate.op) {
        case Aggregate::count:
            return count_;
        case Aggregate::sum:
            return sum(aggregate.field);
        case Aggregate::avg:
            return average();
        case Aggregate::min:
        case Aggregate::max:
            break;
    }
    return kept_.empty() ? Value() : View(kept_).to_value();
}

query::Summation FieldTally::total() const {
    query::Summation total = rest_;
    total.add(whole_);
    return total;
}

Value FieldTally::sum(const std::string& field) const {
    if (!has_rest_) return whole_;
    const query::Summation sum = total();
    if (has_doubles_) return sum.real();
    if (sum.fits_int64()) return sum.integer();
    throw Error(
        Code::limit_exceeded,
        "the integers at " + field + " add up to more than 64 bits; the $sum of a pipeline goes on with doubles",
        {.path = field});
}

// A sum that a double holds is divided at once, which is correctly rounded; of a larger one the whole part is exact.
Value FieldTally::average() const {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    if (count_ == 0) return {};
    const auto count = static_cast<double>(count_);
    if (has_rest_) return total().real() / count;
    if (whole_ >= -exact && whole_ <= exact) return static_cast<double>(whole_) / count;
    return static_cast<double>(whole_ / count_) + static_cast<double>(whole_ % count_) / count;
}

}  // namespace sheaf::engine
