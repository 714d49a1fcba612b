#include "storage/sqlite/names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include <sheaf/error.hpp>

namespace sheaf::sqlite {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

Code refusal(std::string_view name) {
    try {
        storage_name(name);
    } catch (const Error& error) {
        return error.code();
    }
    return Code::internal;
}

TEST(Names, LowerCaseNamesAreThemselves) {
    EXPECT_EQ(storage_name("users"), "users");
    EXPECT_EQ(storage_name("a.b-c_9"), "a.b-c_9");
    EXPECT_EQ(storage_name("_sheaf_ops"), "_sheaf_ops");
    EXPECT_EQ(storage_name("sqlitex"), "sqlitex");
}

TEST(Names, UpperCaseLettersAreMarked) {
    EXPECT_EQ(storage_name("Users"), "Users~1");
    EXPECT_EQ(storage_name("usErs"), "usErs~4");
    EXPECT_EQ(storage_name("USERS"), "USERS~1f");
    EXPECT_EQ(storage_name(std::string(8, 'x') + "Y"), "xxxxxxxxY~100");
}

TEST(Names, SqlitesOwnNamesAreMovedAside) {
    EXPECT_EQ(storage_name("sqlite_master"), "~sqlite_master");
    EXPECT_EQ(storage_name("sqlite_"), "~sqlite_");
    EXPECT_EQ(storage_name("SQLite_x"), "~SQLite_x~7");
}

TEST(Names, EveryCasingOfANameIsAnotherTableForSqlite) {
    const std::string base = "sqlite_abc";
    std::set<std::string> seen;
    for (unsigned mask = 0; mask < 1U << base.size(); ++mask) {
        std::string name = base;
        for (std::size_t i = 0; i < name.size(); ++i) {
            if ((mask >> i & 1U) != 0 && name[i] != '_') name[i] = static_cast<char>(name[i] - 'a' + 'A');
        }
        if ((mask >> 6 & 1U) == 0) seen.insert(lower(storage_name(name)));
    }
    EXPECT_EQ(seen.size(), 1U << (base.size() - 1));
}

TEST(Names, LongNamesAreMarkedToTheirEnd) {
    const std::string name(driver::max_table_name_bytes, 'z');
    std::string other = name;
    other.back() = 'Z';
    EXPECT_NE(lower(storage_name(name)), lower(storage_name(other)));
    EXPECT_EQ(refusal(name + "z"), Code::invalid_name);
}

TEST(Names, EverythingElseIsRefused) {
    for (const char* name : {"", "a b", "a\"b", "a;b", "a'b", "a~1", "a/b", "\xC3\xA9", "a\n"}) {
        EXPECT_EQ(refusal(name), Code::invalid_name) << name;
    }
    EXPECT_EQ(refusal(std::string("a\0b", 3)), Code::invalid_name);
}

TEST(Names, QuotedTakesNothingThatCouldEndTheQuotes) {
    EXPECT_EQ(quote_name("Users~1"), "\"Users~1\"");
    EXPECT_THROW(quote_name("a\"b"), Error);
    EXPECT_THROW(quote_name(std::string("a\0", 2)), Error);
    EXPECT_THROW(quote_name(""), Error);
}

}  // namespace
}  // namespace sheaf::sqlite
