#include "storage/postgres/postgres_error.hpp"

#include <gtest/gtest.h>

namespace sheaf::postgres {
namespace {

TEST(PostgresError, HasTheCodeOfItsSqlstate) {
    EXPECT_EQ(code_of("40001"), Code::serialization);
    EXPECT_EQ(code_of("40P01"), Code::deadlock);
    EXPECT_EQ(code_of("42P01"), Code::serialization);
    EXPECT_EQ(code_of("55P03"), Code::locked);
    EXPECT_EQ(code_of("57014"), Code::deadline_exceeded);
    EXPECT_EQ(code_of("53100"), Code::io);
    EXPECT_EQ(code_of("58030"), Code::io);
    EXPECT_EQ(code_of("53300"), Code::busy);
    EXPECT_EQ(code_of("42501"), Code::unauthorized);
    EXPECT_EQ(code_of("28P01"), Code::unauthorized);
    EXPECT_EQ(code_of("3D000"), Code::invalid_url);
    EXPECT_EQ(code_of("25006"), Code::unavailable);
    EXPECT_EQ(code_of("25P02"), Code::transaction_aborted);
    EXPECT_EQ(code_of("XX001"), Code::corrupt);
    EXPECT_EQ(code_of("54000"), Code::limit_exceeded);
    EXPECT_EQ(code_of("23505"), Code::internal);
    EXPECT_EQ(code_of("42601"), Code::internal);
}

TEST(PostgresError, KnowsALostConnection) {
    for (const char* lost : {"", "08006", "57P01", "57P02", "57P03", "57P05", "25P03"}) {
        const PostgresError error(lost, "words");
        EXPECT_TRUE(error.lost_connection()) << lost;
        EXPECT_EQ(error.code(), Code::unavailable) << lost;
    }
    EXPECT_FALSE(PostgresError("40001", "words").lost_connection());
    EXPECT_FALSE(PostgresError("25006", "words").lost_connection());  // another host may be the primary
}

TEST(PostgresError, SaysWhatToDo) {
    const PostgresError error("42501", "permission denied for schema x");
    EXPECT_EQ(
        error.message(),
        "permission denied for schema x; docs/guide/postgres.md says which rights the role needs (SQLSTATE 42501)");
    EXPECT_EQ(error.sqlstate(), "42501");
    EXPECT_TRUE(error.is("42501"));
    EXPECT_EQ(PostgresError("", "gone").message(), "gone");
}

TEST(PostgresError, WordsOfSeveralLinesBecomeOne) {
    EXPECT_EQ(one_line("FATAL:  28000: no\nLOCATION:  here, file.c:1\n"), "FATAL:  28000: no");
    EXPECT_EQ(one_line("closed\n\tthis means\n\n"), "closed; this means");
    EXPECT_EQ(one_line("\n \n"), "");
}

}  // namespace
}  // namespace sheaf::postgres
