#include "storage/postgres/options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include <sheaf/error.hpp>

#include "storage/postgres/conninfo.hpp"

namespace sheaf::postgres {
namespace {

using namespace std::chrono_literals;

Options parse(const std::string& url) {
    return parse_options(driver::StoreUrl::parse(url));
}

// What is wrong with a URL.
std::string refusal(const std::string& url) {
    try {
        parse(url);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::invalid_url) << error.what();
        return std::string(error.message());
    }
    ADD_FAILURE() << url << " was accepted";
    return "";
}

std::string said(const std::string& conninfo, std::string_view keyword) {
    return std::string(value_of(parse_conninfo(conninfo), keyword));
}

TEST(PostgresOptions, HaveDefaults) {
    const Options options = parse("postgres://h/db");
    EXPECT_EQ(options.schema, "sheaf");
    EXPECT_EQ(options.durability, driver::Durability::durable);
    EXPECT_EQ(options.pool, 16U);
    EXPECT_EQ(options.pool_timeout, 5s);
    EXPECT_EQ(options.reconnect, 30s);
    EXPECT_FALSE(options.notify);
    EXPECT_TRUE(options.pushdown);
    EXPECT_EQ(options.replica_conninfo, "");
    EXPECT_EQ(said(options.conninfo, "host"), "h");
    EXPECT_EQ(said(options.conninfo, "dbname"), "db");
    EXPECT_EQ(said(options.conninfo, "connect_timeout"), "10");
    EXPECT_EQ(said(options.conninfo, "client_encoding"), "UTF8");
    EXPECT_EQ(said(options.conninfo, "target_session_attrs"), "");
}

TEST(PostgresOptions, TakeSheafsOwnParametersAndPassOnTheOthers) {
    const Options options = parse(
        "postgresql://u@h/db?schema=mine&durability=process&pool=3&pool_timeout=70&reconnect=0&notify=on&pushdown=off"
        "&sslmode=verify-full&connect_timeout=3&application_name=a%20b'c");
    EXPECT_EQ(options.schema, "mine");
    EXPECT_EQ(options.durability, driver::Durability::process);
    EXPECT_EQ(options.pool, 3U);
    EXPECT_EQ(options.pool_timeout, 70ms);
    EXPECT_EQ(options.reconnect, 0ms);
    EXPECT_TRUE(options.notify);
    EXPECT_FALSE(options.pushdown);
    EXPECT_EQ(said(options.conninfo, "sslmode"), "verify-full");
    EXPECT_EQ(said(options.conninfo, "connect_timeout"), "3");
    EXPECT_EQ(said(options.conninfo, "application_name"), "a b'c");
}

TEST(PostgresOptions, SeveralHostsWantAPrimary) {
    EXPECT_EQ(said(parse("postgres://a,b:7/db").conninfo, "target_session_attrs"), "read-write");
    EXPECT_EQ(said(parse("postgres:///db?host=a,b").conninfo, "target_session_attrs"), "read-write");
    EXPECT_EQ(said(parse("postgres://a,b/db?target_session_attrs=any").conninfo, "target_session_attrs"), "any");
}

TEST(PostgresOptions, ReplicasAreTheSameElsewhere) {
    const std::string replica =
        parse("postgres://u:p@a:1,b:2/db?replicas=c,%2Ftmp%2Fd:5&sslmode=require").replica_conninfo;
    EXPECT_EQ(said(replica, "host"), "c,/tmp/d");
    EXPECT_EQ(said(replica, "port"), ",5");
    EXPECT_EQ(said(replica, "user"), "u");
    EXPECT_EQ(said(replica, "password"), "p");
    EXPECT_EQ(said(replica, "dbname"), "db");
    EXPECT_EQ(said(replica, "sslmode"), "require");
    EXPECT_EQ(said(replica, "target_session_attrs"), "prefer-standby");
    EXPECT_EQ(said(parse("postgres:///db?host=/tmp&replicas=c").replica_conninfo, "host"), "c");
    EXPECT_EQ(said(parse("postgres:///?target_session_attrs=any&replicas=c").replica_conninfo, "target_session_attrs"),
              "any");
    EXPECT_EQ(
        said(parse("postgres:///?target_session_attrs=primary&replicas=c").replica_conninfo, "target_session_attrs"),
        "prefer-standby");
}

TEST(PostgresOptions, AreRefusedWithWhatIsAllowed) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"pool=0", "pool is a whole number from 1 to 1000, not \"0\""},
        {"pool=-1", "pool is"},
        {"pool=1e3", "pool is"},
        {"pool=99999999999999999999", "pool is"},
        {"pool=", "pool is"},
        {"pool_timeout=0", "pool_timeout is"},
        {"pool_timeout=5s", "pool_timeout is"},
        {"reconnect=-1", "reconnect is"},
        {"durability=memory", "durability is durable or process, not \"memory\""},
        {"notify=yes", "notify is on or off"},
        {"pushdown=", "pushdown is on or off"},
        {"schema=a%22b", "a schema's name"},
        {"schema=pg_catalog", "a schema's name"},
        {"schema=", "a schema's name"},
        {"replicas=a/b", "replicas is"},
        {"replicas=u:p@h", "replicas is"},
        {"replicas=a%zz", "replicas: "},
        {"connect_timeout=soon", "connect_timeout is"},
        {"connect_timeout=-1", "connect_timeout is"},
        {"client_encoding=LATIN1", "client_encoding is UTF8"},
        {"replication=database", "replication"},
        {"poool=1", "invalid URI query parameter: \"poool\""},
        {"application_name=a%00b", "%00"},
        {"application_name=a b", "%20"},
    };
    for (const auto& [parameter, words] : cases) {
        const std::string message = refusal("postgres://h/db?" + parameter);
        EXPECT_NE(message.find(words), std::string::npos) << parameter << ": " << message;
    }
    EXPECT_NE(refusal("postgres:").find("postgres://user:password@host"), std::string::npos);
    EXPECT_NE(refusal("postgres:db").find("postgres://user:password@host"), std::string::npos);
    refusal("postgres://[::1/db");
    refusal("postgres://h\n/db");
}

TEST(PostgresOptions, NeverShowAPassword) {
    EXPECT_EQ(parse("postgres://u:sesame@a:1,b/db?sslmode=require").shown, "postgres://u@a:1,b/db?sslmode=require");
    EXPECT_EQ(parse("postgres://u@h/db?password=sesame&sslpassword=sesame&schema=s").shown, "postgres://u@h/db");
    EXPECT_EQ(parse("postgres://u:sesame:open@h/db").shown, "postgres://u@h/db");
    EXPECT_EQ(parse("postgres://u:@h/db").shown, "postgres://u@h/db");
    for (const std::string url : {
             "postgres://u:sesame@h/db?poool=1",
             "postgres://u:sesame%zz@h/db",
             "postgres://u:sesame%00@h/db",
             "postgres://u:sesame@[::1/db",
             "postgres://u:sesame@[::1]x/db",
             "postgres://u:sesame@h/db?password=sesame%zz",
             "postgres://u@h/db?password=sesame%zz",
             "postgres://u@h/db?password=sesame%00",
             "postgres://u@h/db?password=sesame%201%00",
             "postgres://u@h/db?sslpassword=sesame=1",
             "postgres://u:a@sesame@h/db",
             "postgres://u:a/sesame@h/db",
             "postgres://u:/sesame@h/db",
             "postgres://u@x:sesame@h/db",
             "postgres://h/db:sesame@x",
             "postgres://u:sesame @h/db",
             "postgres:/u:sesame@h/db",
             "postgres:u:sesame@h/db",
             "postgres:@",
             "postgres:/@",
         }) {
        const std::string message = refusal(url);
        EXPECT_EQ(message.find("sesame"), std::string::npos) << message;
    }
}

}  // namespace
}  // namespace sheaf::postgres
