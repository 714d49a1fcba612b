#include "storage/postgres/names.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include <sheaf/error.hpp>

namespace sheaf::postgres {
namespace {

Code refusal(std::string_view name) {
    try {
        storage_name(name);
    } catch (const Error& error) {
        return error.code();
    }
    return Code::internal;
}

TEST(Names, AreThemselves) {
    for (const char* name : {"users", "Users", "a.b-c_9", "_sheaf_ops", "select", "1", "."}) {
        EXPECT_EQ(storage_name(name), name);
    }
    EXPECT_EQ(storage_name(std::string(55, 'n')), std::string(55, 'n'));
}

TEST(Names, ThatAreLongOrTakenAreCutAndMarked) {
    std::set<std::string> seen;
    for (std::size_t size = 56; size <= 255; ++size) {
        const std::string storage = storage_name(std::string(size, 'n'));
        EXPECT_TRUE(seen.insert(storage).second) << size;
        EXPECT_EQ(storage.size(), 55U);
        EXPECT_EQ(storage.find('~'), 55U - 17U);
    }
    for (const char* name : {"_sheaf_store", "_sheaf_tables", "pg_class", "pg_"}) {
        EXPECT_EQ(storage_name(name).substr(0, std::string(name).size() + 1), std::string(name) + "~");
        EXPECT_LE(storage_name(name).size(), 55U);
    }
}

TEST(Names, EverythingElseIsRefused) {
    for (const char* name : {"", "a b", "a\"b", "a;b", "a'b", "a~1", "a/b", "\xC3\xA9", "a\n"}) {
        EXPECT_EQ(refusal(name), Code::invalid_name) << name;
    }
    EXPECT_EQ(refusal(std::string("a\0b", 3)), Code::invalid_name);
    EXPECT_EQ(refusal(std::string(256, 'n')), Code::invalid_name);
}

TEST(Names, QuotedTakesNothingThatCouldEndTheQuotes) {
    EXPECT_EQ(quote_name("Users~1"), "\"Users~1\"");
    for (const std::string& name :
         {std::string("a\"b"), std::string("a\0", 2), std::string("a'"), std::string(), std::string(64, 'n')}) {
        EXPECT_THROW(quote_name(name), Error) << name;
    }
}

TEST(Names, OfSchemas) {
    for (const char* name : {"sheaf", "_", "App_2"}) EXPECT_NO_THROW(check_schema_name(name)) << name;
    for (const std::string& name : {std::string(), std::string("2a"), std::string("a-b"), std::string("a\"b"),
                                    std::string("pg_x"), std::string(64, 'n')}) {
        EXPECT_THROW(check_schema_name(name), Error) << name;
    }
}

TEST(Names, OfChannelsFitAndDiffer) {
    EXPECT_EQ(channel_name("app"), "sheaf_app");
    EXPECT_EQ(channel_name(std::string(57, 's')).size(), 63U);
    EXPECT_LE(channel_name(std::string(58, 's')).size(), 63U);
    EXPECT_NE(channel_name(std::string(58, 's')), channel_name(std::string(59, 's')));
}

}  // namespace
}  // namespace sheaf::postgres
