#include <gtest/gtest.h>

#include <set>

#include <sheaf/control.hpp>
#include <sheaf/error.hpp>
#include <sheaf/types.hpp>

#include "base/clock.hpp"
#include "base/hash.hpp"

namespace sheaf {
namespace {

class FixedClock final : public Clock {
public:
    DateTime now() override { return time; }
    DateTime time{1'700'000'000'000};
};

TEST(Error, NamesItsCodeAndKeepsItsDetails) {
    const Error error(Code::invalid_filter, "unknown operator \"$foo\" at a", {.path = "a", .op = "$foo"});
    EXPECT_STREQ(error.what(), "invalid_filter: unknown operator \"$foo\" at a");
    EXPECT_EQ(error.message(), "unknown operator \"$foo\" at a");
    const Error outer = error.with_context("row 7: ");
    EXPECT_STREQ(outer.what(), "invalid_filter: row 7: unknown operator \"$foo\" at a");
    EXPECT_EQ(outer.details().op, "$foo");
}

TEST(Error, EveryCodeHasAnEntryOfItsOwn) {
    std::set<std::string_view> names;
    for (const CodeInfo& entry : error_codes()) {
        EXPECT_EQ(&info(entry.code), &entry);
        EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
        EXPECT_TRUE(entry.exit_code == 1 || entry.exit_code == 3) << entry.name;
        EXPECT_GE(entry.http, 400) << entry.name;
    }
}

TEST(Hash, Sha256) {
    const auto first = [](BytesView bytes) {
        const Sha256 hash = sha256(bytes);
        return hash[0] << 24 | hash[1] << 16 | hash[2] << 8 | hash[3];
    };
    EXPECT_EQ(first(""), static_cast<int>(0xe3b0c442));
    EXPECT_EQ(first("abc"), static_cast<int>(0xba7816bf));
}

TEST(Hash, StreamsAreLikeOnePiece) {
    Sha256Stream stream;
    EXPECT_EQ(stream.finish(), sha256(""));
    stream.add("a");
    stream.add("bc");
    EXPECT_EQ(stream.finish(), sha256("abc"));
    stream.add("abc");
    EXPECT_EQ(stream.finish(), sha256("abc")) << "it begins anew";
}

TEST(Control, EndsAtTheDeadlineAndOnRequest) {
    EXPECT_NO_THROW(Control{}.check());
    const Control late{.deadline = Control::Clock::now() - std::chrono::seconds(1)};
    std::stop_source source;
    const Control stoppable{.stop = source.get_token()};
    EXPECT_NO_THROW(stoppable.check());
    source.request_stop();
    const auto code_of = [](const Control& control) {
        try {
            control.check();
        } catch (const Error& error) {
            return error.code();
        }
        return Code::internal;
    };
    EXPECT_EQ(code_of(late), Code::deadline_exceeded);
    EXPECT_EQ(code_of(stoppable), Code::cancelled);
}

TEST(ObjectId, ReadsAndWritesHex) {
    EXPECT_EQ(ObjectId::from_hex("507F1F77bcf86cd799439011").hex(), "507f1f77bcf86cd799439011");
    EXPECT_THROW(ObjectId::from_hex("507f1f77bcf86cd79943901"), Error);
    EXPECT_THROW(ObjectId::from_hex("507f1f77bcf86cd79943901g"), Error);
}

TEST(UuidGenerator, RisesStrictlyWhateverTheClockDoes) {
    const auto clock = std::make_shared<FixedClock>();
    UuidGenerator uuids(clock, system_random());
    std::string last;
    for (int i = 0; i < 10'000; ++i) {
        if (i == 3000) clock->time.ms += 5;
        if (i == 6000) clock->time.ms -= 1000;
        const std::string next = uuids.next();
        ASSERT_LT(last, next);
        ASSERT_EQ(next.size(), 36U);
        ASSERT_EQ(next[14], '7');
        ASSERT_NE(std::string("89ab").find(next[19]), std::string::npos);
        last = next;
    }
    EXPECT_EQ(uuids.next().substr(0, 13), "018bcfe5-6805");  // 1'700'000'000'005 ms
}

}  // namespace
}  // namespace sheaf
