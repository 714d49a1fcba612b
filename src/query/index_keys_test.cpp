#include "query/index_keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/encoder.hpp"
#include "document/key.hpp"

namespace sheaf::query {
namespace {

const Limits limits;

IndexKeys index_on(const std::string& keys) {
    const Document document = Document::from_json(keys);
    return IndexKeys::parse(document.view(), limits);
}

// Keys as [[1, "x"], ...], one value per field; "-" stands for a missing one.
std::vector<Bytes> keys_of(const IndexKeys& index, const char* json) {
    const Bytes bytes = json_to_cbor(json);
    std::vector<Bytes> keys;
    for (const View values : View(bytes).elements()) {
        Bytes key;
        std::size_t field = 0;
        for (const View value : values.elements()) {
            const bool missing = value.type() == Type::string && value.string() == "-";
            append_directed_key(key, missing ? View() : value, index.fields()[field++].descending);
        }
        keys.push_back(std::move(key));
    }
    std::sort(keys.begin(), keys.end());
    return keys;
}

TEST(IndexKeys, Finds) {
    struct {
        const char* index;
        const char* document;
        const char* keys;
        std::uint32_t multikey;
    } const cases[] = {
        {R"({"a": 1})", R"({"a": 5})", "[[5]]", 0},
        {R"({"a": -1})", R"({"a": 5})", "[[5]]", 0},
        {R"({"a": 1})", R"({"b": 5})", "[[null]]", 0},
        {R"({"a": 1})", R"({"a": null})", "[[null]]", 0},
        {R"({"a": 1})", R"({"a": [3, 1, 3.0]})", "[[1], [3]]", 1},
        {R"({"a": 1})", R"({"a": []})", R"([["-"]])", 1},
        {R"({"a": 1})", R"({"a": [[1, 2], 3]})", "[[[1, 2]], [3]]", 1},
        {R"({"a": 1})", R"({"a": [[]]})", "[[[]]]", 1},
        {R"({"a": 1})", R"({"a": {"b": [1]}})", R"([[{"b": [1]}]])", 0},
        {R"({"a.b": 1})", R"({"a": {"b": 5}})", "[[5]]", 0},
        {R"({"a.b": 1})", R"({"a": 5})", "[[null]]", 0},
        {R"({"a.b": 1})", R"({"a": [{"b": 1}, {"c": 1}, 7, [{"b": 9}]]})", "[[1], [null]]", 1},
        {R"({"a.b": 1})", R"({"a": []})", "[[null]]", 1},
        {R"({"a.b": 1})", R"({"a": [{"b": [1, 2]}, {"b": []}]})", R"([[1], [2], ["-"]])", 1},
        {R"({"a": 1, "b": -1})", R"({"a": 1, "b": "x"})", R"([[1, "x"]])", 0},
        {R"({"a": 1, "b": -1})", R"({"a": [1, 2], "b": "x"})", R"([[1, "x"], [2, "x"]])", 1},
        {R"({"b": -1, "a": 1})", R"({"a": [1, 2], "b": "x"})", R"([["x", 1], ["x", 2]])", 2},
        {R"({"a.b": 1, "a.c": 1})", R"({"a": [{"b": 1, "c": 2}, {"b": 3}]})", "[[1, 2], [3, null]]", 3},
        {R"({"a.b": 1, "a.c": 1})", R"({"a": [{"b": [1, 2], "c": 5}, {"c": [6, 7]}]})",
         "[[1, 5], [2, 5], [null, 6], [null, 7]]", 3},
        {R"({"a": 1, "a.b": 1})", R"({"a": [{"b": 1}, 2]})", R"([[{"b": 1}, 1], [2, null]])", 3},
        // A number names an element, if there is one.
        {R"({"a.0": 1})", R"({"a": [5, 6]})", "[[5]]", 0},
        {R"({"a.0": 1})", R"({"a": [[5, 6]]})", "[[[5, 6]]]", 0},
        {R"({"a.1.b": 1})", R"({"a": [5, {"b": [7, 8]}]})", "[[7], [8]]", 1},
        {R"({"a.0": 1})", R"({"a": {"0": 3}})", "[[3]]", 0},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(std::string(c.index) + " of " + c.document);
        const IndexKeys index = index_on(c.index);
        const Document document = Document::from_json(c.document);
        const IndexKeys::Found found = index.find(document.view());
        EXPECT_EQ(found.keys, keys_of(index, c.keys));
        EXPECT_EQ(found.multikey, c.multikey);
        EXPECT_FALSE(found.cut);
    }
}

TEST(IndexKeys, SaysWhatIsMissing) {
    struct {
        const char* index;
        const char* document;
        bool all_missing;
        bool has_null;
        const char* sparse;  // the keys of a sparse index
    } const cases[] = {
        {R"({"a": 1})", R"({"a": 1})", false, false, "[[1]]"},
        {R"({"a": 1})", R"({"b": 1})", true, true, "[]"},
        {R"({"a": 1})", R"({"a": null})", false, true, "[[null]]"},
        {R"({"a": 1})", R"({"a": []})", false, true, R"([["-"]])"},
        {R"({"a": 1})", R"({"a": [1, null]})", false, true, "[[1], [null]]"},
        {R"({"a": 1, "b": 1})", R"({"b": 1})", false, true, "[[null, 1]]"},
        {R"({"a": 1, "b": 1})", R"({"c": 1})", true, true, "[]"},
        {R"({"a.b": 1})", R"({"a": [{"b": 1}, {"c": 2}]})", false, true, "[[1]]"},
        {R"({"a.b": 1})", R"({"a": [{"b": null}, {"c": 2}]})", false, true, "[[null]]"},
        {R"({"a.b": 1})", R"({"a": [1, 2]})", true, true, "[]"},
        {R"({"a.b": 1})", R"({"a": []})", true, true, "[]"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(std::string(c.index) + " of " + c.document);
        const IndexKeys index = index_on(c.index);
        const Document document = Document::from_json(c.document);
        const IndexKeys::Found found = index.find(document.view());
        EXPECT_EQ(found.all_missing, c.all_missing);
        EXPECT_EQ(found.has_null, c.has_null);
        EXPECT_EQ(index.find(document.view(), true).keys, keys_of(index, c.sparse));
        EXPECT_EQ(index.find(document.view(), true).all_missing, c.all_missing);
    }
}

Error error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    return Error(Code::internal, "no error");
}

TEST(IndexKeys, Refuses) {
    struct {
        const char* index;
        Code code;
        int mongo;
        const char* message;
    } const cases[] = {
        {"{}", Code::invalid_argument, 67, "an index needs at least one field"},
        {R"({"a": 0})", Code::invalid_argument, 67, "the direction of a in an index is the integer 0, not 1 or -1"},
        {R"({"a": {"$numberDouble": "-0.0"}})", Code::invalid_argument, 67, ""},
        {R"({"a": {"$numberDouble": "NaN"}})", Code::invalid_argument, 67, ""},
        {R"({"a": true})", Code::invalid_argument, 67, ""},
        {R"({"a": null})", Code::invalid_argument, 67, ""},
        {R"({"a": {"b": 1}})", Code::invalid_argument, 67, ""},
        {R"({"a": [1]})", Code::invalid_argument, 67, ""},
        {R"({"a": ""})", Code::invalid_argument, 67, ""},
        {R"({"a": "abc"})", Code::invalid_argument, 67,
         R"(an index of the kind "abc", at a, does not exist: give 1 or -1)"},
        {R"({"a": "wildcard"})", Code::invalid_argument, 7246202, ""},
        {R"({"a": "text"})", Code::unsupported, 115,
         R"(an index of the kind "text", at a, is not supported: give 1 or -1)"},
        {R"({"a": "2dsphere"})", Code::unsupported, 115, ""},
        {R"({"a": "hashed"})", Code::unsupported, 115, ""},
        {R"({"$**": 1})", Code::unsupported, 115, "wildcard indexes are not supported: $**"},
        {R"({"a.$**": 1})", Code::unsupported, 115, ""},
        {R"({"$**": 0})", Code::invalid_argument, 67, ""},
        {R"({"$**": "hashed"})", Code::invalid_argument, 67, ""},
        {R"({"$**": "text"})", Code::unsupported, 115, ""},
        {R"({"$**": 1, "a.$**": 1})", Code::invalid_argument, 7246201, ""},
        {R"({"$**.a": 1})", Code::invalid_argument, 67, ""},
        {R"({"a.$**.$**": 1})", Code::invalid_argument, 67, ""},
        {R"({"$a": 1})", Code::invalid_argument, 67, R"(the path "$a" of an index has a part that begins with $)"},
        {R"({"a.$b": 1})", Code::invalid_argument, 67, ""},
        {R"({"": 1})", Code::invalid_argument, 67, R"(the path "" of an index has an empty part)"},
        {R"({"a..b": 1})", Code::invalid_argument, 67, ""},
        {R"({"a.": 1})", Code::invalid_argument, 67, ""},
        {R"({"_version": 1})", Code::invalid_argument, 67, "the system field _version cannot be in an index"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.index);
        const Error error = error_of([&] { index_on(c.index); });
        EXPECT_EQ(error.code(), c.code);
        EXPECT_EQ(error.mongo_code(), c.mongo);
        if (*c.message != 0) {
            EXPECT_EQ(error.message(), c.message);
        }
    }
    Object many;
    for (int i = 0; i < 33; ++i) many.append("f" + std::to_string(i), 1);
    EXPECT_EQ(error_of([&] { IndexKeys::parse(View(encode(many)), limits); }).mongo_code(), 13103);
}

TEST(IndexKeys, DirectionsAreNumbers) {
    const IndexKeys index = index_on(R"({"a": 2, "b": -0.5, "c": 0.9999, "d": {"$numberLong": "-3"}})");
    ASSERT_EQ(index.fields().size(), 4U);
    EXPECT_FALSE(index.fields()[0].descending);
    EXPECT_TRUE(index.fields()[1].descending);
    EXPECT_FALSE(index.fields()[2].descending);
    EXPECT_TRUE(index.fields()[3].descending);
    EXPECT_EQ(index, index_on(R"({"a": 1, "b": -1, "c": 1, "d": -1})"));
}

TEST(IndexKeys, RefusesParallelArrays) {
    const IndexKeys index = index_on(R"({"a": 1, "b.c": 1})");
    const Document document = R"({"a": [1], "b": [{"c": 1}]})"_json;
    const Error error = error_of([&] { index.find(document.view()); });
    EXPECT_EQ(error.code(), Code::invalid_document);
    EXPECT_EQ(error.mongo_code(), 171);
    EXPECT_EQ(error.message(), "one index cannot hold two arrays of one document, the second at b.c");
    const Document inner = R"({"a": 1, "b": [{"c": [1]}]})"_json;
    EXPECT_NO_THROW(index.find(inner.view()));
    EXPECT_EQ(error_of([] {
                  index_on(R"({"a.b": 1, "a.c": 1})").find(R"({"a": [{"b": [1], "c": []}]})"_json.view());
              }).mongo_code(),
              171);
}

Document with_array(std::size_t size, const std::function<Value(std::size_t)>& element, std::string_view text = {}) {
    Array array;
    for (std::size_t i = 0; i < size; ++i) array.push_back(element(i));
    return Document(Object({{"a", std::move(array)}, {"b", Value(text)}}));
}

TEST(IndexKeys, OneDocumentHasABoundedNumberOfKeys) {
    const auto number = [](std::size_t i) { return Value(static_cast<std::int64_t>(i)); };
    const IndexKeys index = index_on(R"({"a": 1, "b": 1})");
    EXPECT_EQ(index.find(with_array(IndexKeys::max_keys, number).view()).keys.size(), IndexKeys::max_keys);
    const Document more = with_array(IndexKeys::max_keys + 1, number);
    EXPECT_EQ(error_of([&] { index.find(more.view()); }).code(), Code::limit_exceeded);
    // Equal ones count once.
    const Document equal = with_array(300'000, [](std::size_t i) { return Value(static_cast<std::int64_t>(i % 7)); });
    EXPECT_EQ(index.find(equal.view()).keys.size(), 7U);
    // Not a long text for each of many elements.
    const Document long_keys = with_array(300, number, std::string(1'000'000, 'x'));
    EXPECT_EQ(error_of([&] { index.find(long_keys.view()); }).code(), Code::limit_exceeded);
}

TEST(IndexKeys, LongKeysAreCut) {
    const auto find = [](const std::string& text) {
        const Document document(Object({{"a", Value(text)}, {"b", 1}}));
        return index_on(R"({"a": 1, "b": -1})").find(document.view());
    };
    // Tag, text, 00; tag, 8 bytes, 01.
    const std::size_t longest = IndexKeys::max_key_bytes - 2 - 10;
    EXPECT_FALSE(find(std::string(longest, 'x')).cut);
    EXPECT_EQ(find(std::string(longest, 'x')).keys.front().size(), IndexKeys::max_key_bytes);
    const std::string text(longest + 20, 'x');
    EXPECT_TRUE(find(text.substr(0, longest + 1)).cut);
    EXPECT_TRUE(find(text).cut);
    EXPECT_EQ(find(text).keys.front().size(), IndexKeys::max_key_bytes + 1 + IndexKeys::key_hash_bytes);
    EXPECT_EQ(find(text).keys, find(text).keys);
    EXPECT_NE(find(text + "a").keys, find(text + "b").keys);
    EXPECT_EQ(find(text + "a").keys.front().substr(0, 1024), find(text + "b").keys.front().substr(0, 1024));
}

TEST(IndexKeys, RangesOfEachField) {
    const IndexKeys index = index_on(R"({"a": 1, "b": 1, "c": 1})");
    const auto points = [](std::size_t count) {
        std::vector<Bytes> keys;
        for (std::size_t i = 0; i < count; ++i) keys.push_back(encode_key(View(encode(static_cast<std::int64_t>(i)))));
        return Intervals::points(keys);
    };
    const Intervals all = Intervals::all();
    const Intervals numbers = Intervals::of_type(Type::number);
    const Intervals two = numbers.united(Intervals::of_type(Type::object));
    struct {
        std::vector<Intervals> bounds;
        std::size_t ranges;
        std::size_t used;
        bool exact;
        bool point;
    } const cases[] = {
        {{all, all, all}, 1, 0, true, false},
        {{all, points(1), all}, 1, 0, true, false},
        {{points(3), all, all}, 3, 1, true, false},
        {{points(3), points(2), points(5)}, 30, 3, true, true},
        {{points(3), points(2), numbers}, 6, 3, true, false},
        {{points(3), two, points(5)}, 6, 2, true, false},
        {{two, points(5), all}, 2, 1, true, false},
        {{points(40), points(40), all}, 40, 1, true, false},  // 1600 would be too many
        {{points(40), points(20), points(2)}, 800, 2, true, false},
        {{points(1000), all, all}, 1000, 1, true, false},
        {{points(1001), points(1), all}, 501, 1, false, false},  // two in one
        {{Intervals::none(), all, all}, 0, 1, true, false},
        {{points(2), Intervals::none(), all}, 0, 2, true, false},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(&c - cases);
        const IndexKeys::Ranges found = index.key_ranges(c.bounds);
        EXPECT_EQ(found.ranges.size(), c.ranges);
        EXPECT_EQ(found.used, c.used);
        EXPECT_EQ(found.exact, c.exact);
        for (const Interval& range : found.ranges) EXPECT_EQ(range.point, c.point);
    }
}

TEST(IndexKeys, RangesTakeABoundedAmountOfMemory) {
    const IndexKeys index = index_on(R"({"a": 1, "b": 1})");
    std::vector<Bytes> keys;
    for (int i = 0; i < 1000; ++i) keys.push_back(encode_key(View(encode(Value(i)))));
    const Intervals few = Intervals::points({encode_string_key(std::string(1'000'000, 'x'))});
    const IndexKeys::Ranges found = index.key_ranges({few, Intervals::points(keys)});
    EXPECT_EQ(found.used, 1U);
    EXPECT_EQ(found.ranges.size(), 1U);
    EXPECT_FALSE(found.exact);
    EXPECT_LE(found.ranges.front().upper.size(), IndexKeys::max_key_bytes);
}

// Values whose keys are close to each other, and bounds between them.
class RandomBounds {
public:
    explicit RandomBounds(std::mt19937_64& random) : random_(random) {}

    Value value(int depth = 1) {
        static const std::string long_text(IndexKeys::max_key_bytes, 'x');
        static const std::string_view texts[] = {
            "",        "a",     std::string_view("a\0", 2),  std::string_view("a\0b", 3),
            "ab",      "a\x01", std::string_view("\0", 1),   "b",
            long_text, "\x7F",  std::string_view("a\0\0", 3)};
        switch (random_() % (depth > 0 ? 8 : 6)) {
            case 0:
                return {};
            case 1:
                return static_cast<std::int64_t>(random_() % 5) - 2;
            case 2:
                return random_() % 2 == 0 ? 0.5 : -INFINITY;
            case 3:
                return random_() % 2 == 0;
            case 4:
            case 5: {
                std::string text(texts[random_() % std::size(texts)]);
                if (text.size() > 100) text.append(texts[random_() % 8]);
                return text;
            }
            case 6:
                return Value::array({value(0)});
            default:
                return Value::object({{"a", value(0)}});
        }
    }

    Bytes key() { return encode_key(View(encode(value()))); }

    // A place where an interval may begin or end.
    Bytes edge() {
        switch (random_() % 5) {
            case 0:
                return key();
            case 1:
                return behind(key());
            case 2:
                return Bytes(1, static_cast<char>("\x10\x20\x21\x30\x31\x40\x41\x50\x51\x80\x81"[random_() % 11]));
            case 3: {
                const Intervals strings = Intervals::strings_with(std::string_view("a\0b", 1 + random_() % 3));
                return random_() % 2 == 0 ? strings.ranges().front().lower : strings.ranges().front().upper;
            }
            default:
                return random_() % 2 == 0 ? Bytes() : Bytes("\xFF");
        }
    }

    Intervals intervals() {
        Intervals result;
        for (auto count = 1 + random_() % 3; count > 0; --count) {
            const bool point = random_() % 2 == 0;
            result = result.united(point ? Intervals::points({key()}) : Intervals::range(edge(), edge()));
        }
        return result;
    }

private:
    std::mt19937_64& random_;
};

TEST(IndexKeys, RangesHoldWhatTheBoundsHold) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    RandomBounds make(random);
    int exact = 0;
    for (int i = 0; i < 40'000; ++i) {
        Object keys;
        Object document;
        std::vector<Intervals> bounds;
        std::vector<Bytes> values;
        const std::size_t fields = 1 + random() % 3;
        for (std::size_t f = 0; f < fields; ++f) {
            const std::string name(1, static_cast<char>('a' + f));
            keys.append(name, random() % 2 == 0 ? 1 : -1);
            Value value = make.value(0);
            values.push_back(encode_key(View(encode(value))));
            bounds.push_back(random() % 3 == 0 ? Intervals::points({values.back()}) : make.intervals());
            document.append(name, std::move(value));
        }
        const IndexKeys index = IndexKeys::parse(View(encode(keys)), limits);
        const IndexKeys::Ranges found = index.key_ranges(bounds);
        const Bytes key = index.find(View(encode(document))).keys.front();
        ASSERT_EQ(Intervals::joined(found.ranges).ranges(), found.ranges);
        bool inside = true;
        for (std::size_t f = 0; f < found.used; ++f) inside = inside && bounds[f].contains(values[f]);
        const bool held = Intervals::joined(found.ranges).contains(key);
        if (inside) {
            ASSERT_TRUE(held) << to_json(Document(keys).view()) << to_json(Document(document).view());
        }
        if (found.exact) {
            ++exact;
            ASSERT_EQ(held, inside) << to_json(Document(keys).view()) << to_json(Document(document).view());
        }
    }
    EXPECT_GT(exact, 20'000);
}

}  // namespace
}  // namespace sheaf::query
