#include <gtest/gtest.h>

#include <sheaf/driver/registry.hpp>
#include <sheaf/error.hpp>

namespace sheaf::driver {
namespace {

TEST(StoreUrl, SplitsSchemePathAndParameters) {
    StoreUrl url = StoreUrl::parse("sqlite:/tmp/a.db?durability=process&busy_timeout=10");
    EXPECT_EQ(url.scheme, "sqlite");
    EXPECT_EQ(url.path, "/tmp/a.db");
    EXPECT_EQ(url.take("durability", "durable"), "process");
    EXPECT_THROW(url.require_all_taken(), Error);
    EXPECT_EQ(url.take("busy_timeout"), "10");
    EXPECT_NO_THROW(url.require_all_taken());
    EXPECT_EQ(url.take("other", "fallback"), "fallback");
}

TEST(StoreUrl, TakesABarePathAsItIs) {
    for (const char* path : {"app.db", "./a?b=c.db", "C:data.db", "/a b/c:d.db"}) {
        EXPECT_EQ(StoreUrl::parse(path).scheme, "sqlite") << path;
        EXPECT_EQ(StoreUrl::parse(path).path, path);
    }
    EXPECT_EQ(StoreUrl::parse("memory:").path, "");
}

TEST(StoreUrl, RefusesWhatItCannotRead) {
    for (const char* text : {"", "sqlite:a?b", "sqlite:a?=c", "sqlite:a?x=1&x=2"}) {
        EXPECT_THROW(StoreUrl::parse(text), Error) << text;
    }
    EXPECT_THROW(StoreUrl::parse(std::string("a\0b", 3)), Error);
}

TEST(Registry, NamesTheSchemesThatItHas) {
    Registry registry;
    registry.add("memory", [](StoreUrl) { return std::unique_ptr<Backend>(); });
    EXPECT_TRUE(registry.has("memory"));
    try {
        registry.open("mongo:x");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::invalid_url);
        EXPECT_NE(error.message().find("memory:"), std::string_view::npos);
    }
}

}  // namespace
}  // namespace sheaf::driver
