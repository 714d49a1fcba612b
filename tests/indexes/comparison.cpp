#include "indexes/comparison.hpp"

#include <algorithm>
#include <cmath>

#include "document/encoder.hpp"
#include "oracle/operations.hpp"

namespace sheaf::indexes {

namespace {

using oracle::Answer;

// One form for all that compares as equal.
Value normal(const Value& value) {
    if (value.type() == Type::integer) return value.as_integer().value;
    if (value.type() == Type::number) {
        const double number = value.as_number();
        constexpr double least_too_large = 9223372036854775808.0;
        if (number == std::trunc(number) && number >= -least_too_large && number < least_too_large) {
            return static_cast<std::int64_t>(number);
        }
        return std::isnan(number) ? Value("not a number") : value;
    }
    if (value.is_array()) {
        Array made;
        for (const Value& one : value.as_array()) made.push_back(normal(one));
        return made;
    }
    if (!value.is_object()) return value;
    Object made;
    for (const auto& [key, one] : value.as_object()) made.append(key, normal(one));
    return made;
}

Answer normal(const Answer& answer) {
    Answer made = answer;
    for (Bytes& item : made.items) item = encode(normal(View(item).to_value()));
    return made;
}

// A record is two items.
Answer records_in_one(const Answer& answer) {
    Answer made{.error = answer.error, .mongo = answer.mongo};
    for (std::size_t i = 0; i + 1 < answer.items.size(); i += 2) {
        made.items.push_back(
            encode(Value::array({View(answer.items[i]).to_value(), View(answer.items[i + 1]).to_value()})));
    }
    return made;
}

Answer sorted(Answer answer) {
    std::sort(answer.items.begin(), answer.items.end());
    return answer;
}

std::string differing(const Answer& expected, const Answer& got) {
    return expected == got ? "" : "\n  answers differ:" + oracle::difference(expected, got);
}

bool is_cut_off(const Object& step) {
    return oracle::number(step, "skip") != 0 || oracle::number(step, "limit") != 0;
}

// Any of the matching documents may come, but as many.
std::string compare_some(const Object& step, const Answer& expected, const Answer& got, Collection& plain) {
    if (got.items.size() != expected.items.size()) return differing(expected, got);
    Object whole = step;
    whole.erase("skip");
    whole.erase("limit");
    const Answer all = sorted(records_in_one(oracle::play(plain, whole)));
    const Answer some = sorted(records_in_one(got));
    const bool among = std::includes(all.items.begin(), all.items.end(), some.items.begin(), some.items.end());
    return among ? "" : "\n  not among the documents that match:" + differing(all, some);
}

std::string compare_finds(const Object& step, const Answer& expected, const Answer& got, Collection& plain) {
    if (!oracle::document(step, "sort").empty()) return differing(expected, got);
    if (is_cut_off(step)) return compare_some(step, expected, got, plain);
    return differing(sorted(records_in_one(expected)), sorted(records_in_one(got)));
}

std::string compare_pipelines(const Object& step, const Answer& expected, const Answer& got) {
    bool in_order = false;
    for (const Document& stage : oracle::documents(step, "pipeline")) {
        if (stage["$sort"]) in_order = true;
        if (stage["$group"]) in_order = false;
    }
    if (in_order) return differing(expected, got);
    return differing(sorted(normal(expected)), sorted(normal(got)));
}

// Documents that a step cannot work on are met in another order, or not at all where it needs few.
std::string compare_failures(const Object& step, const Answer& expected, const Answer& got) {
    const std::string op = oracle::text(step, "op");
    const bool needs_few = op == "find" && (is_cut_off(step) || oracle::document(step, "filter")["_id"]);
    const bool both = !expected.error.empty() && !got.error.empty();
    const bool any_culprit = needs_few || op == "aggregate" || step.find("project") != nullptr;
    if (both && (any_culprit || expected.mongo == got.mongo)) return "";
    if (!both && needs_few && (expected.error + got.error == "invalid_sort" || got.error.empty())) return "";
    return differing(expected, got);
}

}  // namespace

std::string compare_reads(const Object& step, const Answer& expected, const Answer& got, Collection& plain) {
    if (!expected.error.empty() || !got.error.empty()) return compare_failures(step, expected, got);
    const std::string op = oracle::text(step, "op");
    if (op == "find") return compare_finds(step, expected, got, plain);
    if (op == "aggregate") return compare_pipelines(step, expected, got);
    if (op == "pages") return differing(expected, got);
    return differing(normal(expected), normal(got));
}

}  // namespace sheaf::indexes
