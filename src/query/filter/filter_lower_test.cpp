// What a lowered filter says, beside what the filter says: of every kind of condition, and of random ones.
#include <gtest/gtest.h>

#include <random>

#include <sheaf/json.hpp>

#include "document/predicate_testing.hpp"
#include "query/filter/filter_testing.hpp"

namespace sheaf::query {
namespace {

using Says = Predicate::Kind;

std::string joined(const std::vector<Predicate>& parts, const char* word);

std::string shown(const Predicate& predicate) {
    constexpr const char* ops[] = {" = ", " < ", " <= ", " > ", " >= "};
    std::string path;
    for (const std::string& key : predicate.path) path += (path.empty() ? "" : ".") + key;
    switch (predicate.kind) {
        case Says::always:
            return "always";
        case Says::never:
            return "never";
        case Says::all:
            return joined(predicate.parts, " and ");
        case Says::any:
            return joined(predicate.parts, " or ");
        case Says::none:
            return "not " + joined(predicate.parts, " or ");
        case Says::exists:
            return path + "?";
        case Says::compare:
            return path + ops[static_cast<std::size_t>(predicate.op)] + to_json(View(predicate.value));
    }
    return {};
}

std::string joined(const std::vector<Predicate>& parts, const char* word) {
    std::string text;
    for (const Predicate& part : parts) text += (text.empty() ? "" : word) + shown(part);
    return "(" + text + ")";
}

LoweredFilter lowered(const std::string& filter) {
    return Filter::parse(Document::from_json(filter), limits).lowered();
}

// "~" where it is not exact.
std::string shown(const std::string& filter) {
    const LoweredFilter result = lowered(filter);
    return (result.exact ? "" : "~") + shown(result.predicate);
}

TEST(FilterLower, SaysComparisonsExactly) {
    EXPECT_EQ(shown("{}"), "always");
    EXPECT_EQ(shown(R"({"a": 5})"), "a = 5");
    EXPECT_EQ(shown(R"({"_id": "x"})"), "_id = \"x\"");
    EXPECT_EQ(shown(R"({"a.b": {"$gt": 1.5, "$lte": 9}})"), "(a.b > 1.5 and a.b <= 9)");
    EXPECT_EQ(shown(R"({"a": {"$lt": "x"}, "b": {"$gte": "y"}})"), "(a < \"x\" and b >= \"y\")");
    EXPECT_EQ(shown(R"({"a": null})"), "a = null");
    EXPECT_EQ(shown(R"({"a": {"$gte": null}})"), "a = null");
    EXPECT_EQ(shown(R"({"a": {"$lt": null}})"), "never");
    EXPECT_EQ(shown(R"({"a": true})"), "a = true");
    EXPECT_EQ(shown(R"({"a": {"$in": [2, "x", null]}})"), "(a = null or a = 2 or a = \"x\")");
    EXPECT_EQ(shown(R"({"a": {"$in": []}})"), "never");
    EXPECT_EQ(shown(R"({"a": {"$nin": []}})"), "always");
    EXPECT_EQ(shown(R"({"a": {"$nin": [1, 2]}})"), "not ((a = 1 or a = 2))");
    EXPECT_EQ(shown(R"({"a": {"$ne": 1}})"), "not (a = 1)");
    EXPECT_EQ(shown(R"({"a": {"$exists": true}, "b": {"$exists": false}})"), "(a? and not (b?))");
    EXPECT_EQ(shown(R"({"a": {"$not": {"$gt": 5, "$lt": 9}}})"), "not ((a > 5 and a < 9))");
    EXPECT_EQ(shown(R"({"$or": [{"a": 1}, {"b": {"$lt": 2}}]})"), "(a = 1 or b < 2)");
    EXPECT_EQ(shown(R"({"$nor": [{"a": 1}, {"b": 2}]})"), "not ((a = 1 or b = 2))");
    EXPECT_EQ(shown(R"({"a": {"$all": [1, 2]}})"), "(a = 1 and a = 2)");
    EXPECT_EQ(shown(R"({"$alwaysFalse": 1, "a": 1})"), "never");
}

TEST(FilterLower, LeavesOutWhatCannotBeSaid) {
    for (const char* condition : {R"({"$regex": "^x"})",
                                  R"({"$elemMatch": {"$gt": 1}})",
                                  R"({"$size": 1})",
                                  R"({"$type": "string"})",
                                  R"({"$mod": [2, 1]})",
                                  R"({"$all": [[1]]})",
                                  R"({"$gt": true})",
                                  R"({"$lte": false})",
                                  "{}",
                                  R"({"b": 1})",
                                  "[]",
                                  "[1]",
                                  R"({"$date": 5})",
                                  R"({"$gt": {"$date": 5}})",
                                  R"({"$oid": "0123456789abcdef01234567"})",
                                  R"({"$binary": {"base64": "YQ==", "subType": "00"}})",
                                  R"({"$numberDouble": "NaN"})",
                                  R"({"$lt": {"$numberDouble": "Infinity"}})",
                                  R"("a\u0000b")",
                                  R"({"$gt": "a\u0000b"})",
                                  R"({"$in": [1, {"$date": 5}]})",
                                  R"({"$in": [1, []]})"}) {
        const std::string filter = std::string("{\"a\": ") + condition + "}";
        EXPECT_EQ(shown(filter), "~always") << filter;
        EXPECT_EQ(shown("{\"b\": 1, \"a\": " + std::string(condition) + "}"), "~(b = 1)") << filter;
        EXPECT_EQ(shown("{\"$or\": [{\"b\": 1}, " + filter + "]}"), "~always") << filter;
        EXPECT_EQ(shown("{\"$nor\": [{\"b\": 1}, " + filter + "]}"), "~always") << filter;
        EXPECT_EQ(shown("{\"$nor\": [{\"b\": 1, \"a\": " + std::string(condition) + "}]}"), "~always") << filter;
    }
    EXPECT_EQ(shown(R"({"$expr": {"$gt": ["$a", 1]}})"), "~always");
    EXPECT_EQ(shown(R"({"$jsonSchema": {"required": ["a"]}})"), "~always");
}

TEST(FilterLower, LeavesOutPathsThatMeanOtherThings) {
    for (const char* path : {"a.0", "0", "a.00", "a..b", "", "a.", "a.$b", "a.99999999999", "a\\u0000b"}) {
        const std::string filter = std::string("{\"") + path + "\": 1}";
        EXPECT_EQ(shown(filter), "~always") << filter;
    }
    EXPECT_EQ(shown(R"({"a.1x": 1})"), "a.1x = 1");
    EXPECT_EQ(shown(R"({"_version": 1, "a": 2})"), "~(a = 2)");
    EXPECT_EQ(shown(R"({"_versions": 1})"), "_versions = 1");
    EXPECT_EQ(shown(Filter::parse_condition(View(json_to_cbor("5")), "a", limits).lowered().predicate), "always");
}

TEST(FilterLower, LeavesOutWhatIsLarge) {
    std::string many;
    for (int i = 0; i < 300; ++i) many += (many.empty() ? "" : ",") + std::to_string(i);
    EXPECT_EQ(shown("{\"b\": 1, \"a\": {\"$in\": [" + many + "]}}"), "~(b = 1)");
    const std::string long_text(40'000, 'x');
    EXPECT_EQ(shown("{\"b\": 1, \"a\": \"" + long_text + "\"}"), "~(b = 1)");
    EXPECT_EQ(shown("{\"b\": 1, \"" + std::string(4097, 'x') + "\": 1}"), "~(b = 1)");
    std::string path = "x";
    for (int i = 1; i < 64; ++i) path += ".x";
    EXPECT_TRUE(lowered("{\"" + path + "\": 1}").exact);
    EXPECT_FALSE(lowered("{\"" + path + ".x\": 1}").exact);
    std::string conditions;
    for (int i = 0; i < 10'000; ++i) conditions += (i == 0 ? "" : ",") + ("{\"x\": " + std::to_string(i) + "}");
    EXPECT_LT(lowered("{\"$and\": [" + conditions + "]}").predicate.parts.size(), 300U);
    EXPECT_EQ(shown("{\"$or\": [" + conditions + ", {\"y\": 1}]}"), "~always");
}

// Conditions of all kinds, most of which can be lowered.
class RandomFilters {
public:
    explicit RandomFilters(std::mt19937_64& random) : documents_(random) {}

    Object filter(int depth) {
        Object members;
        for (auto count = 1 + documents_.below(2); count > 0; --count) {
            if (depth > 0 && documents_.below(3) == 0) {
                Array list;
                for (auto n = 1 + documents_.below(3); n > 0; --n) list.emplace_back(filter(depth - 1));
                members.set(documents_.pick<const char*>({"$or", "$and", "$nor"}), std::move(list));
            } else {
                members.set(path(), condition(depth));
            }
        }
        return members;
    }

    Object document() { return documents_.document(3); }

private:
    std::string path() {
        if (documents_.below(12) == 0) return documents_.pick<const char*>({"a.0", "a.b.0", "a..b", "0", ""});
        std::string text;
        for (const std::string& key : documents_.path()) text += (text.empty() ? "" : ".") + key;
        return text;
    }

    Value condition(int depth) {
        switch (documents_.below(12)) {
            case 0:
            case 1:
                return documents_.scalar();
            case 2:
                return Value::object({{"$exists", documents_.below(2) == 0}});
            case 3:
            case 4: {
                Array list;
                for (auto count = documents_.below(4); count > 0; --count) list.push_back(documents_.operand());
                return Value::object({{documents_.pick<const char*>({"$in", "$nin", "$in", "$all"}), std::move(list)}});
            }
            case 5:
                return Value::object({{documents_.pick<const char*>({"$eq", "$ne", "$gt"}), documents_.value(2)}});
            case 6:
                if (depth > 0) return Value::object({{"$not", operators()}});
                [[fallthrough]];
            default:
                return operators();
        }
    }

    Value operators() {
        Object object;
        for (auto count = 1 + documents_.below(2); count > 0; --count) {
            object.set(documents_.pick<const char*>({"$eq", "$ne", "$gt", "$gte", "$lt", "$lte"}), documents_.scalar());
        }
        return object;
    }

    RandomDocuments documents_;
};

TEST(FilterLower, HoldsForEveryMatchAndExactlyWhereItSaysSo) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    RandomFilters make(random);
    int matched = 0;
    int exact = 0;
    int narrowed = 0;
    for (int checked = 0; checked < 200'000;) {
        const Bytes bytes = encode(Value(make.filter(2)));
        const Filter filter = Filter::parse(View(bytes), limits);
        const LoweredFilter lowered = filter.lowered();
        for (int i = 0; i < 20; ++i, ++checked) {
            const Bytes document = encode(Value(make.document()));
            const bool matches = filter.matches({View(document), {}});
            const bool holds = sheaf::holds(lowered.predicate, View(document));
            matched += matches ? 1 : 0;
            exact += lowered.exact ? 1 : 0;
            narrowed += !lowered.exact && !holds ? 1 : 0;
            ASSERT_TRUE(lowered.exact ? matches == holds : holds || !matches)
                << to_json(View(bytes)) << " as " << shown(lowered.predicate) << " on " << to_json(View(document));
        }
    }
    EXPECT_GT(matched, 20'000);
    EXPECT_GT(exact, 50'000);
    EXPECT_GT(narrowed, 2'000);
}

}  // namespace
}  // namespace sheaf::query
