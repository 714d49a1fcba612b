#include "engine/grouping.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "support/open_store.hpp"

namespace sheaf::engine {
namespace {

using testing::error_of;

using Fields = std::vector<std::string>;
using Aggregates = std::vector<FieldAggregate>;

// The documents of a JSON array, each with system fields that follow from its place.
std::vector<Group> grouped(std::string_view documents, const Fields& fields, const Aggregates& aggregates,
                           const GroupOptions& options = {}, const Limits& limits = {}) {
    Grouping grouping(fields, aggregates, options, limits);
    const Bytes rows = json_to_cbor(documents);
    std::int64_t number = 0;
    for (const View document : View(rows).elements()) {
        ++number;
        grouping.add({document, {Version{number}, DateTime{number * 10}, DateTime{number * 100}, number % 2 == 0}});
    }
    return grouping.take();
}

std::string lines(const std::vector<std::string>& each) {
    std::string joined;
    for (const std::string& line : each) joined += (joined.empty() ? "" : "\n") + line;
    return joined;
}

// One group a line; a missing key is left out.
std::string text(std::string_view documents, const Fields& fields, const Aggregates& aggregates,
                 const GroupOptions& options = {}) {
    std::vector<std::string> shown;
    for (const Group& group : grouped(documents, fields, aggregates, options)) {
        shown.push_back(to_document(group, fields, aggregates).to_json());
    }
    return lines(shown);
}

Value one(Aggregate op, std::string_view values) {
    const Bytes array = json_to_cbor(values);
    FieldTally tally;
    for (const View value : View(array).elements()) tally.add(op, value);
    return tally.result({op, "a"});
}

std::string one_text(Aggregate op, std::string_view values) {
    return to_json(one(op, values), {JsonMode::canonical});
}

TEST(Aggregates, HaveNames) {
    for (const auto op : {Aggregate::count, Aggregate::sum, Aggregate::avg, Aggregate::min, Aggregate::max}) {
        EXPECT_EQ(aggregate_named(name(op)), op);
    }
    EXPECT_EQ(aggregate_named("SUM"), Aggregate::sum);
    for (const std::string_view unknown : {"", "median", "summ", "su", "s\xfcm"}) {
        const Error error = error_of([&] { aggregate_named(unknown); });
        EXPECT_EQ(error.code(), Code::invalid_argument);
        EXPECT_NE(error.message().find("count, sum, avg, min and max"), std::string_view::npos);
    }
    EXPECT_EQ(name(FieldAggregate{}), "count");
    EXPECT_EQ(name(FieldAggregate{Aggregate::avg, "a.b"}), "avg_a.b");
    EXPECT_EQ(name(FieldAggregate{Aggregate::avg, "a.b", "mean"}), "mean");
}

TEST(Aggregates, OfNothing) {
    for (const std::string_view values : {"[]", "[null, null]"}) {
        EXPECT_EQ(one(Aggregate::count, values), Value(0));
        EXPECT_EQ(one(Aggregate::sum, values), Value(0));
        EXPECT_EQ(one(Aggregate::avg, values), Value());
        EXPECT_EQ(one(Aggregate::min, values), Value());
        EXPECT_EQ(one(Aggregate::max, values), Value());
    }
    EXPECT_EQ(one(Aggregate::count, R"(["x", [], {}, false, null])"), Value(4));
    EXPECT_EQ(one(Aggregate::sum, R"(["x", [7], {"a": 7}, true])"), Value(0));
    EXPECT_EQ(one(Aggregate::avg, R"(["x", [7], {"a": 7}, true])"), Value());
}

TEST(Aggregates, AddIntegersExactly) {
    EXPECT_EQ(one(Aggregate::sum, "[1, 2, 3]"), Value(6));
    EXPECT_EQ(one(Aggregate::sum, "[9007199254740993, 1]"), Value(std::int64_t{9007199254740994}));
    EXPECT_EQ(one(Aggregate::sum, R"([{"$numberLong": "5"}, -7])"), Value(-2));
    const std::string most = std::to_string(INT64_MAX);
    const std::string least = std::to_string(INT64_MIN);
    EXPECT_EQ(one(Aggregate::sum, "[" + most + "]"), Value(INT64_MAX));
    EXPECT_EQ(one(Aggregate::sum, "[" + least + "]"), Value(INT64_MIN));
    EXPECT_EQ(one(Aggregate::sum, "[" + most + ", " + least + "]"), Value(-1));
    // On the way the sum may leave 64 bits.
    EXPECT_EQ(one(Aggregate::sum, "[" + most + ", " + most + ", 5, " + least + ", " + least + "]"), Value(3));
    EXPECT_EQ(one(Aggregate::sum, "[" + most + ", 3, -3]"), Value(INT64_MAX));
    EXPECT_EQ(one(Aggregate::sum, "[" + least + ", -3, 3]"), Value(INT64_MIN));
}

TEST(Aggregates, RefuseAnIntegerSumBeyond64Bits) {
    for (const std::int64_t end : {INT64_MAX, INT64_MIN}) {
        const std::string values = "[" + std::to_string(end) + (end > 0 ? ", 1]" : ", -1]");
        const Error error = error_of([&] { one(Aggregate::sum, values); });
        EXPECT_EQ(error.code(), Code::limit_exceeded);
        EXPECT_EQ(error.details().path, "a");
        EXPECT_EQ(one(Aggregate::avg, values), Value(static_cast<double>(end) / 2));
    }
    // With doubles it is a double.
    EXPECT_EQ(one(Aggregate::sum, "[9223372036854775807, 9223372036854775807, 0.5]"), Value(18446744073709551616.0));
}

TEST(Aggregates, AddDoublesWithoutTheirErrors) {
    EXPECT_EQ(one(Aggregate::sum, "[0.1, 0.2, 0.3]"), Value(0.6));
    EXPECT_EQ(one(Aggregate::sum, "[1e16, 1.0, -1e16]"), Value(1.0));
    EXPECT_EQ(one(Aggregate::sum, "[2.0, 3]"), Value(5.0));
    EXPECT_EQ(one_text(Aggregate::sum, "[1, 2.0]"), R"({"$numberDouble":"3.0"})");
    EXPECT_EQ(one_text(Aggregate::sum, R"([{"$numberDouble": "Infinity"}, 1])"), R"({"$numberDouble":"Infinity"})");
    const auto both = R"([{"$numberDouble": "Infinity"}, {"$numberDouble": "-Infinity"}])";
    EXPECT_TRUE(std::isnan(one(Aggregate::sum, both).as_number()));
    EXPECT_TRUE(std::isnan(one(Aggregate::avg, R"([1, {"$numberDouble": "NaN"}])").as_number()));
}

TEST(Aggregates, OfDoublesDoNotDependOnTheOrder) {
    std::mt19937_64 random(5);
    Array values;
    for (int i = 0; i < 2000; ++i) {
        const double unit = static_cast<double>(random()) / 18446744073709551616.0 - 0.5;
        values.emplace_back(std::ldexp(unit, static_cast<int>(random() % 80)));
        if (i % 3 == 0) values.emplace_back(static_cast<std::int64_t>(random()) / 2);
    }
    const auto text_of = [&] { return to_json(Value(values), {JsonMode::canonical}); };
    const Value sum = one(Aggregate::sum, text_of());
    const Value average = one(Aggregate::avg, text_of());
    for (int i = 0; i < 20; ++i) {
        std::shuffle(values.begin(), values.end(), random);
        EXPECT_EQ(one(Aggregate::sum, text_of()), sum);
        EXPECT_EQ(one(Aggregate::avg, text_of()), average);
    }
}

TEST(Aggregates, AverageIsADouble) {
    EXPECT_EQ(one(Aggregate::avg, "[1, 2]"), Value(1.5));
    EXPECT_EQ(one(Aggregate::avg, "[2, 2]"), Value(2.0));
    EXPECT_EQ(one(Aggregate::avg, "[1, 2, 7]"), Value(10.0 / 3));
    EXPECT_EQ(one(Aggregate::avg, R"([3, "x", null])"), Value(3.0));
    EXPECT_EQ(one(Aggregate::avg, "[-1, 0, 0]"), Value(-1.0 / 3));
    EXPECT_EQ(one(Aggregate::avg, "[0.5, 1]"), Value(0.75));
    // The sum is no double, but the average is.
    EXPECT_EQ(one(Aggregate::avg, "[9007199254740993, 1, 2]"), Value(3002399751580332.0));
    EXPECT_EQ(one(Aggregate::avg, "[9223372036854775807, 9223372036854775807]"), Value(9223372036854775808.0));
}

TEST(Aggregates, FindTheLeastAndTheGreatestInTheTotalOrder) {
    const auto mixed = R"([true, "b", null, 3, {"$date": "2024-01-01T00:00:00Z"}, -1.5, [1], {"a": 1}, "a"])";
    EXPECT_EQ(one(Aggregate::min, mixed), Value(-1.5));
    EXPECT_EQ(to_json(one(Aggregate::max, mixed)), R"({"$date":"2024-01-01T00:00:00Z"})");
    EXPECT_EQ(one(Aggregate::max, R"(["a", "long enough to need memory of its own", 7])"),
              Value("long enough to need memory of its own"));
    EXPECT_EQ(one_text(Aggregate::min, R"([1, {"$numberDouble": "NaN"}])"), R"({"$numberDouble":"NaN"})");
    EXPECT_EQ(one(Aggregate::min, "[5.0, 5]"), Value(5.0)) << "the first of equal values";
    EXPECT_EQ(one(Aggregate::max, "[5, 5.0]"), Value(5));
}

TEST(Grouping, KeepsNullAndMissingApart) {
    EXPECT_EQ(text(R"([{"a": 1}, {"a": null}, {}, {"a": "x"}, {"b": 1}, {"a": null}, {"a": ""}])", {"a"}, {{}}),
              lines({R"({"count":2})", R"({"a":null,"count":2})", R"({"a":1,"count":1})", R"({"a":"","count":1})",
                     R"({"a":"x","count":1})"}));
}

TEST(Grouping, TakesEqualValuesTogetherAndShowsTheFirst) {
    const auto rows = R"([{"a": 5.0}, {"a": 5}, {"a": "5"}, {"a": -0.0}, {"a": 0}, {"a": [1]}, {"a": [1.0]},
                          {"a": true}, {"a": {"x": 1}}, {"a": {"x": 1.0}}, {"a": 1}])";
    const std::vector<Group> groups = grouped(rows, {"a"}, {{}});
    Array keys, counts;
    for (const Group& group : groups) {
        keys.push_back(*group.keys[0]);
        counts.push_back(group.values[0]);
    }
    EXPECT_EQ(to_json(Value(keys)), R"([-0.0,1,5.0,"5",{"x":1},[1],true])");
    EXPECT_EQ(to_json(Value(counts)), "[2,1,2,1,2,2,1]");
}

TEST(Grouping, GroupsBySeveralFields) {
    const auto rows = R"([{"a": "x", "b": {"c": 1}, "n": 1}, {"a": "x", "b": {"c": 2}, "n": 2}, {"a": "y", "n": 3},
                          {"a": "x", "b": {"c": 1}, "n": 4.5}, {"a": "xy", "b": {"c": null}},
                          {"b": {"c": 1}, "n": "z"}])";
    EXPECT_EQ(text(rows, {"a", "b.c"}, {{}, {Aggregate::sum, "n"}, {Aggregate::avg, "n"}, {Aggregate::max, "n"}}),
              lines({R"x({"b.c":1,"count":1,"sum_n":0,"avg_n":null,"max_n":"z"})x",
                     R"x({"a":"x","b.c":1,"count":2,"sum_n":5.5,"avg_n":2.75,"max_n":4.5})x",
                     R"x({"a":"x","b.c":2,"count":1,"sum_n":2,"avg_n":2.0,"max_n":2})x",
                     R"x({"a":"xy","b.c":null,"count":1,"sum_n":0,"avg_n":null,"max_n":null})x",
                     R"x({"a":"y","count":1,"sum_n":3,"avg_n":3.0,"max_n":3})x"}));
}

TEST(Grouping, DoesNotLookIntoArrays) {
    const auto rows = R"([{"a": [{"b": 1}, {"b": 2}], "t": [3, 4]}, {"a": {"b": 1}, "t": 5}, {"a": {"0": {"b": 9}}}])";
    EXPECT_EQ(text(rows, {"a.b"}, {{Aggregate::count, "t"}, {Aggregate::sum, "t"}}),
              lines({R"x({"count_t":1,"sum_t":0})x", R"x({"a.b":1,"count_t":1,"sum_t":5})x"}));
    EXPECT_EQ(text(rows, {"a.0.b"}, {{Aggregate::min, "t.1"}}),
              lines({R"x({"min_t.1":null})x", R"x({"a.0.b":1,"min_t.1":4})x", R"x({"a.0.b":9,"min_t.1":null})x"}));
    EXPECT_EQ(text(rows, {"t.2"}, {}), "{}") << "past the end is missing";
}

TEST(Grouping, SeesSystemFields) {
    EXPECT_EQ(text(R"([{"_version": 7}, {}, {}])", {"_archived"}, {{Aggregate::max, "_version"}}),
              lines({R"x({"_archived":false,"max__version":3})x", R"x({"_archived":true,"max__version":2})x"}));
    EXPECT_EQ(text("[{}, {}]", {"_version.x"}, {{Aggregate::min, "_updated"}}),
              R"x({"min__updated":{"$date":"1970-01-01T00:00:00.100Z"}})x");
}

TEST(Grouping, WorksWithoutFieldsOrAggregates) {
    EXPECT_EQ(text("[]", {"a"}, {{}}), "");
    EXPECT_EQ(text("[]", {}, {{}}), "");
    EXPECT_EQ(text("[{}, {}]", {}, {{}}), R"({"count":2})");
    EXPECT_EQ(text(R"([{"a": 2}, {"a": 1}, {"a": 2}])", {"a"}, {}), "{\"a\":1}\n{\"a\":2}");
}

TEST(Grouping, SortsByAnyColumn) {
    const auto rows = R"([{"a": "x", "b": 1, "n": 1}, {"a": "y", "b": 1, "n": 5}, {"a": "z", "b": 2, "n": 5},
                          {"a": "x", "b": 1, "n": 1}, {"b": 3, "n": null}])";
    const Aggregates aggregates{{}, {Aggregate::max, "n"}};
    const auto keys = [&](std::vector<GroupSort> sort, std::int64_t limit = 0, std::int64_t skip = 0) {
        std::string found;
        GroupOptions options;
        options.sort = std::move(sort);
        options.limit = limit;
        options.skip = skip;
        for (const Group& group : grouped(rows, {"a", "b"}, aggregates, options)) {
            found += group.keys[0] ? group.keys[0]->as_string() : "-";
        }
        return found;
    };
    EXPECT_EQ(keys({}), "-xyz");
    EXPECT_EQ(keys({{0, true}}), "zyx-");
    EXPECT_EQ(keys({{2}}), "-yzx");
    EXPECT_EQ(keys({{2, true}}), "x-yz") << "ties are in the order of the keys";
    EXPECT_EQ(keys({{3, true}, {0, true}}), "zyx-");
    EXPECT_EQ(keys({{3}}), "-xyz");
    EXPECT_EQ(keys({{1, true}, {3, true}}), "-zyx");
    EXPECT_EQ(keys({{1, true}}, 2), "-z");
    EXPECT_EQ(keys({{1, true}}, 2, 1), "zx");
    EXPECT_EQ(keys({}, 0, 3), "z");
    EXPECT_EQ(keys({}, 10, 4), "");
    EXPECT_EQ(keys({}, INT64_MAX, INT64_MAX), "");
    EXPECT_EQ(keys({}, INT64_MAX, 3), "z");
}

TEST(Grouping, SortsTextsThatBeginEachOtherBothWays) {
    const auto rows = R"([{"a": "x", "b": "q"}, {"a": "x\u0000", "b": "q\u0000"}, {"a": "xy", "b": "q"}, {"a": ""}])";
    GroupOptions options;
    const auto order = [&](std::vector<GroupSort> sort) {
        options.sort = std::move(sort);
        std::string found;
        for (const Group& group : grouped(rows, {"a"}, {{Aggregate::max, "b"}}, options)) {
            found += to_json(*group.keys[0]);
        }
        return found;
    };
    EXPECT_EQ(order({{0}}), R"("""x""x\u0000""xy")");
    EXPECT_EQ(order({{0, true}}), R"("xy""x\u0000""x""")");
    EXPECT_EQ(order({{1, true}}), R"("x\u0000""x""xy""")");
    EXPECT_EQ(order({{1, true}, {0, true}}), R"("x\u0000""xy""x""")");
}

TEST(Grouping, RefusesWhatItCannotDo) {
    const auto message_of = [](const Fields& fields, const Aggregates& aggregates, const GroupOptions& options = {}) {
        const Error error = error_of([&] { grouped("[]", fields, aggregates, options); });
        EXPECT_EQ(error.code(), Code::invalid_argument);
        return std::string(error.message());
    };
    EXPECT_EQ(message_of({""}, {{}}), "the path of a field is empty");
    EXPECT_EQ(message_of({"a.$b"}, {{}}), "a part of the path a.$b begins with $; fields stand without it");
    EXPECT_EQ(message_of({"a"}, {{Aggregate::sum, ""}}), "sum needs the path of a field");
    EXPECT_EQ(message_of({"a"}, {{Aggregate::max, "$b"}}),
              "a part of the path $b begins with $; fields stand without it");
    GroupOptions options;
    options.sort = {{2}};
    EXPECT_EQ(message_of({"a"}, {{}}, options), "the groups cannot be sorted by column 2: there are 2, counted from 0");
    options.sort = {};
    options.skip = -1;
    EXPECT_NE(message_of({"a"}, {{}}, options).find("skip is -1"), std::string::npos);
    EXPECT_EQ(error_of([] { grouped("[]", {std::string(999, '.')}, {}); }).code(), Code::limit_exceeded);
}

TEST(Grouping, KeepsToItsMemory) {
    Limits limits;
    limits.pipeline_bytes = 100'000;
    const auto array_of = [](int count, const auto& document) {
        std::string text = "[";
        for (int i = 0; i < count; ++i) text += (i > 0 ? "," : "") + document(i);
        return text + "]";
    };
    const auto few = array_of(1000, [](int i) { return R"({"a":)" + std::to_string(i % 100) + "}"; });
    const auto many = array_of(1000, [](int i) { return R"({"a":)" + std::to_string(i) + "}"; });
    EXPECT_EQ(grouped(few, {"a"}, {{}}, {}, limits).size(), 100U);
    const Error error = error_of([&] { grouped(many, {"a"}, {{}}, {}, limits); });
    EXPECT_EQ(error.code(), Code::limit_exceeded);
    EXPECT_NE(error.message().find("Limits::pipeline_bytes"), std::string_view::npos);
    // The values that are kept count, too.
    const auto growing = array_of(
        12, [](int i) { return R"({"a":")" + std::string(static_cast<std::size_t>(i) * 10'000, 'x') + "\"}"; });
    EXPECT_EQ(error_of([&] {
                  grouped(growing, {}, {{Aggregate::max, "a"}}, {}, limits);
              }).code(),
              Code::limit_exceeded);
    EXPECT_EQ(grouped(growing, {}, {{Aggregate::min, "a"}}, {}, limits).size(), 1U);
}

TEST(Grouping, AgreesWithAPlainLoop) {
    std::mt19937 random(11);
    std::map<std::pair<std::int64_t, std::string>, std::vector<std::int64_t>> expected;
    std::string rows = "[";
    for (int i = 0; i < 3000; ++i) {
        const std::int64_t a = random() % 7;
        const std::string b(random() % 5, 'b');
        const std::int64_t n = static_cast<std::int64_t>(random()) - 2'000'000'000;
        expected[{a, b}].push_back(n);
        rows += (i > 0 ? "," : "") + Document({{"n", n}, {"b", b}, {"a", a}}).to_json();
    }
    const std::vector<Group> groups =
        grouped(rows + "]", {"a", "b"},
                {{}, {Aggregate::sum, "n"}, {Aggregate::avg, "n"}, {Aggregate::min, "n"}, {Aggregate::max, "n"}});
    ASSERT_EQ(groups.size(), expected.size());
    auto group = groups.begin();
    for (const auto& [key, numbers] : expected) {
        std::int64_t sum = 0;
        for (const std::int64_t number : numbers) sum += number;
        EXPECT_EQ(*group->keys[0], Value(key.first));
        EXPECT_EQ(*group->keys[1], Value(key.second));
        EXPECT_EQ(group->values, (std::vector<Value>{static_cast<std::int64_t>(numbers.size()), sum,
                                                     static_cast<double>(sum) / static_cast<double>(numbers.size()),
                                                     *std::min_element(numbers.begin(), numbers.end()),
                                                     *std::max_element(numbers.begin(), numbers.end())}));
        ++group;
    }
}

TEST(GroupDocuments, SayWhenColumnsDoNotFit) {
    const Group group{{Value(1)}, {Value(2)}};
    EXPECT_EQ(to_document(group, {"a"}, {{}}).to_json(), R"({"a":1,"count":2})");
    EXPECT_EQ(to_document(group, {"count"}, {{Aggregate::count, "", "n"}}).to_json(), R"({"count":1,"n":2})");
    EXPECT_EQ(error_of([&] { to_document(group, {"count"}, {{}}); }).code(), Code::duplicate_field);
    EXPECT_EQ(error_of([&] { to_document(group, {}, {{}}); }).code(), Code::invalid_argument);
    EXPECT_EQ(error_of([&] { to_document(group, {"a"}, {}); }).code(), Code::invalid_argument);
}

}  // namespace
}  // namespace sheaf::engine
