#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>
#include <sheaf/view.hpp>

#include "document/encoder.hpp"
#include "document/path.hpp"
#include "document/utf8.hpp"

namespace sheaf {
namespace {

Document sample() {
    return Document({{"_id", 7},
                     {"name", "Ada"},
                     {"tags", Value::array({"a", 2, Value::object({{"x", 1.5}})})},
                     {"address", Value::object({{"city", "Kyoto"}, {"zip", Value::long_integer(9)}})},
                     {"born", DateTime{-5}},
                     {"raw", Binary{Bytes("\0\1", 2)}},
                     {"oid", ObjectId{{1, 2, 3}}},
                     {"gone", nullptr},
                     {"ok", true}});
}

TEST(View, ReadsEveryTypeInPlace) {
    const Document document = sample();
    EXPECT_EQ(document["_id"].integer(), 7);
    EXPECT_EQ(document["name"].string(), "Ada");
    EXPECT_EQ(document.at("address.city").string(), "Kyoto");
    EXPECT_EQ(document.at("tags.2.x").number(), 1.5);
    EXPECT_TRUE(document.at("address.zip").is_long());
    EXPECT_FALSE(document["_id"].is_long());
    EXPECT_EQ(document["born"].datetime(), DateTime{-5});
    EXPECT_EQ(document["raw"].bytes(), BytesView("\0\1", 2));
    EXPECT_EQ(document["oid"].object_id(), (ObjectId{{1, 2, 3}}));
    EXPECT_TRUE(document["gone"].is_null());
    EXPECT_TRUE(document["ok"].boolean());
    EXPECT_FALSE(document["none"]);
    EXPECT_FALSE(document.at("tags.9"));
    EXPECT_FALSE(document.at("name.x"));
    EXPECT_THROW(document["name"].integer(), Error);
    EXPECT_EQ(Document(document.to_object()), document);
}

TEST(View, IteratesInStoredOrder) {
    const Document document = sample();
    std::string keys;
    for (const auto& [key, value] : document.view().members()) keys.append(key).append(" ");
    EXPECT_EQ(keys, "_id name tags address born raw oid gone ok ");
    int elements = 0;
    for (const View element : document["tags"].elements()) elements += element ? 1 : 0;
    EXPECT_EQ(elements, 3);
}

// Whatever the bytes, reading them either works or throws `corrupt` (or type_mismatch), and never reads outside.
void touch(View value, int depth) {
    if (depth > 64) return;
    switch (value.type()) {
        case Type::array:
            for (const View element : value.elements()) touch(element, depth + 1);
            break;
        case Type::object:
            for (const auto& [key, member] : value.members()) touch(member, depth + 1);
            value["name"];
            break;
        default:
            value.to_value();
    }
    value.encoded();
}

TEST(View, SurvivesDamagedBytes) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const Bytes good = sample().cbor();
    int refused = 0;
    for (int i = 0; i < 50'000; ++i) {
        Bytes bad = good.substr(0, random() % (good.size() + 1));
        for (auto n = random() % 4; n > 0 && !bad.empty(); --n)
            bad[random() % bad.size()] = static_cast<char>(random());
        const std::string exact(bad);  // a buffer of its own size, so that a sanitizer sees a read past it
        try {
            touch(View(exact), 0);
        } catch (const Error& error) {
            ASSERT_TRUE(error.code() == Code::corrupt || error.code() == Code::type_mismatch) << error.what();
            ++refused;
        }
    }
    EXPECT_GT(refused, 1000);
}

TEST(View, DeepDamageIsRefusedNotFollowed) {
    const Bytes deep(1'000'000, static_cast<char>(0x81));
    EXPECT_THROW(View(deep).to_value(), Error);
    EXPECT_THROW(View(deep).encoded(), Error);
    EXPECT_THROW(compare(View(deep), View(deep)), Error);
}

TEST(Document, RefusesWhatItCannotHold) {
    const auto code_of = [](const Object& object, const Limits& limits = {}) {
        try {
            Document document(object, limits);
        } catch (const Error& error) {
            return error.code();
        }
        return Code::internal;
    };
    EXPECT_EQ(code_of(Object({{"a", "\xFF"}})), Code::invalid_document);
    EXPECT_EQ(code_of(Object({{"\xC0\x80", 1}})), Code::invalid_document);
    EXPECT_EQ(code_of(Object({{"a", Value::object({{"$date", 5}})}})), Code::invalid_document);
    Object twice;
    twice.append("a", 1);
    twice.append("a", 2);
    EXPECT_EQ(code_of(twice), Code::duplicate_field);
    EXPECT_EQ(code_of(Object({{"a", std::string(100, 'x')}}), {.document_bytes = 100}), Code::limit_exceeded);
    Value nested;
    for (int i = 0; i < 100; ++i) nested = Value::array({nested});
    EXPECT_EQ(code_of(Object({{"a", nested}})), Code::limit_exceeded);
    EXPECT_EQ(code_of(Object({{"a", nested.as_array()[0]}})), Code::internal);
}

TEST(Encoder, WritesTheShortestForms) {
    const auto hex = [](const Value& value) {
        std::string text;
        for (const char c : encode(value)) {
            for (const int digit : {static_cast<unsigned char>(c) >> 4, c & 15}) text += "0123456789abcdef"[digit];
        }
        return text;
    };
    EXPECT_EQ(hex(23), "17");
    EXPECT_EQ(hex(24), "1818");
    EXPECT_EQ(hex(-1), "20");
    EXPECT_EQ(hex(INT64_MIN), "3b7fffffffffffffff");
    EXPECT_EQ(hex(1.0), "f93c00");
    EXPECT_EQ(hex(-0.0), "f98000");
    EXPECT_EQ(hex(5.960464477539063e-8), "f90001");
    EXPECT_EQ(hex(6.103515625e-05), "f90400");
    EXPECT_EQ(hex(65504.0), "f97bff");
    EXPECT_EQ(hex(100000.0), "fa47c35000");
    EXPECT_EQ(hex(1.1), "fb3ff199999999999a");
    EXPECT_EQ(hex(static_cast<double>(NAN)), "f97e00");
    EXPECT_EQ(hex(-INFINITY), "f9fc00");
    EXPECT_EQ(hex(Value::long_integer(1)), "d9534a01");
    EXPECT_EQ(hex(Value::long_integer(INT64_MAX)), "1b7fffffffffffffff");
}

TEST(Encoder, DoublesSurvive) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 200'000; ++i) {
        const auto bits = random() & (random() % 2 == 0 ? ~0ULL : 0xFFFFFC0000000000ULL);
        const auto value = std::bit_cast<double>(bits);
        const Value back = View(encode(Value(value))).to_value();
        ASSERT_EQ(back, Value(value)) << bits;
    }
}

TEST(Path, SplitsAtDots) {
    const Path path = split_path("a.0.b.01..4294967296");
    ASSERT_EQ(path.size(), 6U);
    EXPECT_EQ(path[1].index, 0U);
    EXPECT_FALSE(path[3].index);
    EXPECT_EQ(path[4].key, "");
    EXPECT_FALSE(path[5].index);
    EXPECT_EQ(join_path(path, 3), "a.0.b");
}

TEST(Utf8, KnowsTheValidSequences) {
    for (const char* good : {"", "plain ascii text", "\xC3\xBC", "\xE6\xB0\xB4", "\xF0\x90\x85\x91", "\xED\x9F\xBF"}) {
        EXPECT_TRUE(is_utf8(good)) << good;
    }
    for (const char* bad :
         {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"}) {
        EXPECT_FALSE(is_utf8(bad)) << bad;
    }
    EXPECT_EQ(utf8_error_offset("abcdefghij\xFFk"), 10U);
}

}  // namespace
}  // namespace sheaf
