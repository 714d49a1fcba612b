#include <gtest/gtest.h>

#include <random>
#include <string>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/base64.hpp"
#include "support/seed.hpp"

namespace sheaf {
namespace {

TEST(Rfc3339, WritesMillisecondsOnlyWhenThereAreAny) {
    EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339({1'704'067'200'123}), "2024-01-01T00:00:00.123Z");
    EXPECT_EQ(to_rfc3339({1'704'067'200'020}), "2024-01-01T00:00:00.020Z");
    EXPECT_EQ(to_rfc3339({-1}), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(to_rfc3339({951'782'400'000}), "2000-02-29T00:00:00Z");
    EXPECT_EQ(to_rfc3339({-62'167'219'200'000}), "0000-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339({253'402'300'799'999}), "9999-12-31T23:59:59.999Z");
}

TEST(Rfc3339, YearsOfOtherThanFourDigitsHaveNoForm) {
    for (const std::int64_t ms :
         {std::int64_t{-62'167'219'200'001}, std::int64_t{253'402'300'800'000}, INT64_MIN, INT64_MAX}) {
        EXPECT_THROW(to_rfc3339({ms}), Error) << ms;
    }
}

TEST(Rfc3339, ReadsOffsetsAndFractions) {
    EXPECT_EQ(from_rfc3339("1815-12-10T00:00:00Z").ms, -4'861'728'000'000);
    EXPECT_EQ(from_rfc3339("1970-01-01t00:00:00z").ms, 0);
    EXPECT_EQ(from_rfc3339("1970-01-01T01:00:00+01:00").ms, 0);
    EXPECT_EQ(from_rfc3339("1969-12-31T23:59:00-00:01").ms, 0);
    EXPECT_EQ(from_rfc3339("1970-01-01T00:00:00.5Z").ms, 500);
    EXPECT_EQ(from_rfc3339("1970-01-01T00:00:00.05-00:00").ms, 50);
    EXPECT_EQ(from_rfc3339("1969-12-31T23:59:59.999000000Z").ms, -1);
    EXPECT_EQ(from_rfc3339("0000-01-01T00:00:00+23:59").ms, -62'167'219'200'000 - 86'340'000);
}

TEST(Rfc3339, RefusesWhatIsNoInstant) {
    for (const std::string text : {"",
                                   "2024",
                                   "2024-01-01",
                                   "2024-01-01T00:00:00",
                                   "2024-01-01 00:00:00Z",
                                   "2024-1-01T00:00:00Z",
                                   "2024-13-01T00:00:00Z",
                                   "2024-00-01T00:00:00Z",
                                   "2024-01-32T00:00:00Z",
                                   "2024-01-00T00:00:00Z",
                                   "2023-02-29T00:00:00Z",
                                   "1900-02-29T00:00:00Z",
                                   "2024-04-31T00:00:00Z",
                                   "2024-01-01T24:00:00Z",
                                   "2024-01-01T00:60:00Z",
                                   "2024-01-01T00:00:60Z",
                                   "2016-12-31T23:59:60Z",
                                   "2024-01-01T00:00Z",
                                   "2024-01-01T00:00:00.Z",
                                   "2024-01-01T00:00:00,5Z",
                                   "2024-01-01T00:00:00.1234Z",
                                   "2024-01-01T00:00:00+0100",
                                   "2024-01-01T00:00:00+01",
                                   "2024-01-01T00:00:00+24:00",
                                   "2024-01-01T00:00:00+00:60",
                                   "2024-01-01T00:00:00ZZ",
                                   "2024-01-01T00:00:00Z ",
                                   " 2024-01-01T00:00:00Z",
                                   "-2024-01-01T00:00:00Z",
                                   "12024-01-01T00:00:00Z",
                                   "2024-01-01T00:00:0\xC3Z"}) {
        try {
            from_rfc3339(text);
            ADD_FAILURE() << "accepted: " << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::invalid_document);
            EXPECT_NE(error.message().find("expected"), std::string_view::npos) << error.what();
        }
    }
}

TEST(Rfc3339, EveryDayOfFourDigitYearsComesBack) {
    for (std::int64_t day = -719'528; day <= 2'932'896; ++day) {
        const DateTime time{day * 86'400'000 + day % 1000 + 1000};
        if (time.ms > 253'402'300'799'999) break;
        ASSERT_EQ(from_rfc3339(to_rfc3339(time)), time);
    }
}

TEST(Base64, ReadsWhatItWrites) {
    const std::uint64_t seed = testing_support::random_seed();
    SCOPED_TRACE("SHEAF_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (std::size_t size = 0; size < 300; ++size) {
        Bytes bytes;
        for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random());
        std::string text;
        append_base64(text, bytes);
        EXPECT_EQ(text.size(), (size + 2) / 3 * 4);
        EXPECT_EQ(decode_base64(text), bytes);
    }
}

TEST(Base64, KnowsTheExamplesOfTheRfc) {
    const std::pair<std::string, std::string> examples[] = {{"", ""},
                                                            {"f", "Zg=="},
                                                            {"fo", "Zm8="},
                                                            {"foo", "Zm9v"},
                                                            {"foob", "Zm9vYg=="},
                                                            {"fooba", "Zm9vYmE="},
                                                            {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : examples) {
        std::string out;
        append_base64(out, bytes);
        EXPECT_EQ(out, text);
        EXPECT_EQ(decode_base64(text), bytes);
    }
}

TEST(Base64, IsStrict) {
    for (const std::string text : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Zg==Zg==", "Zh==", "Zm9=", "Z g=", "Zm9v\n",
                                   "Zm-_", "Zm9v=", "Z===", "Zg=a", "Zm9\xFF"}) {
        EXPECT_EQ(decode_base64(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace sheaf
