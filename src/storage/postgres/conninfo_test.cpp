#include "storage/postgres/conninfo.hpp"

#include <gtest/gtest.h>

#include <sheaf/error.hpp>

namespace sheaf::postgres {
namespace {

std::vector<std::string> places(const Conninfo& conninfo) {
    std::vector<std::string> found;
    for (const Conninfo& one : attempts(conninfo)) {
        found.push_back(std::string(value_of(one, "host")) + "|" + std::string(value_of(one, "hostaddr")) + "|" +
                        std::string(value_of(one, "port")) + "|" + std::string(value_of(one, "target_session_attrs")));
    }
    return found;
}

using Places = std::vector<std::string>;

TEST(PostgresConninfo, ComesBackFromItsText) {
    const Conninfo conninfo = {{"password", "it's a \\ 'b'"}, {"user", "u=v w"}};
    EXPECT_EQ(parse_conninfo(text_of(conninfo)), conninfo);
    EXPECT_EQ(value_of(conninfo, "user"), "u=v w");
    EXPECT_EQ(value_of(conninfo, "host"), "");
    EXPECT_THROW(parse_conninfo("host='a"), Error);
}

TEST(PostgresConninfo, HasOneAttemptForEachHost) {
    EXPECT_EQ(places({}), Places{"|||"});
    EXPECT_EQ(places({{"host", "a"}, {"port", "1"}}), Places{"a||1|"});
    EXPECT_EQ(places({{"host", "a,b"}, {"port", "1,2"}}), (Places{"a||1|", "b||2|"}));
    EXPECT_EQ(places({{"host", "a,b"}, {"port", "1"}}), (Places{"a||1|", "b||1|"}));
    EXPECT_EQ(places({{"host", "a,b"}, {"port", ",2"}}), (Places{"a|||", "b||2|"}));
    EXPECT_EQ(places({{"host", "a,b"}, {"hostaddr", "1.1.1.1,"}}), (Places{"a|1.1.1.1||", "b|||"}));
    EXPECT_EQ(places({{"hostaddr", "1.1.1.1,2.2.2.2"}}), (Places{"|1.1.1.1||", "|2.2.2.2||"}));
}

TEST(PostgresConninfo, LeavesListsThatDoNotFitToLibpq) {
    EXPECT_EQ(places({{"host", "a,b"}, {"port", "1,2,3"}}), Places{"a,b||1,2,3|"});
    EXPECT_EQ(places({{"host", "a,b,c"}, {"hostaddr", "1.1.1.1,2.2.2.2"}}), Places{"a,b,c|1.1.1.1,2.2.2.2||"});
}

TEST(PostgresConninfo, PrefersStandbysBeforeItTakesAnyServer) {
    EXPECT_EQ(places({{"host", "a,b"}, {"target_session_attrs", "prefer-standby"}}),
              (Places{"a|||standby", "b|||standby", "a|||any", "b|||any"}));
}

}  // namespace
}  // namespace sheaf::postgres
