// Plays tests/cases/*.json on every surface: the same case, the same answer, everywhere.
#include <filesystem>

#include <gtest/gtest.h>

#include "cases/case.hpp"
#include "cases/judge.hpp"
#include "cases/surface.hpp"
#include "support/backends.hpp"
#include "support/empty_store.hpp"

namespace sheaf::cases {

void PrintTo(const Case& one, std::ostream* out) {
    *out << one.title;
}

namespace {

const std::vector<Case>& all_cases() {
    static const std::vector<Case> cases = load_cases(SHEAF_SOURCE_DIR "/tests/cases");
    return cases;
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
    return info.param.name;
}

using testing_support::EmptyStore;

// One surface for all cases of a suite; opened by the first.
template <typename Place>
class Suite : public testing::TestWithParam<Case> {
protected:
    static void TearDownTestSuite() {
        surface_.reset();
        store_.reset();
    }

    void check() {
        if (!testing_support::is_chosen(Place::backend)) GTEST_SKIP() << "TEST_DB leaves " << Place::backend << " out";
        if (surface_ == nullptr) {
            store_.emplace(Place::backend);
            surface_ = Place::reach(store_->url());
        }
        if (!surface_->can_play(GetParam())) GTEST_SKIP() << "this surface cannot say it";
        if (const std::string faults = play(*surface_, GetParam()); !faults.empty()) ADD_FAILURE() << faults;
    }

    static inline std::optional<EmptyStore> store_;
    static inline std::unique_ptr<Surface> surface_;
};

struct OnMemory {
    static constexpr const char* backend = "memory";
    static std::unique_ptr<Surface> reach(const std::string& url) { return api_surface(url); }
};
struct OnSqlite : OnMemory {
    static constexpr const char* backend = "sqlite";
};
struct OnPostgres : OnMemory {
    static constexpr const char* backend = "postgres";
};
struct OnPostgresPlain : OnMemory {
    static constexpr const char* backend = "postgres_plain";
};
struct OnCommandLine {
    static constexpr const char* backend = "sqlite";
    static std::unique_ptr<Surface> reach(const std::string&) { return command_line_surface(SHEAF_CLI); }
};
struct OnCommandLinePostgres {
    static constexpr const char* backend = "postgres";
    static std::unique_ptr<Surface> reach(const std::string& url) { return command_line_surface(SHEAF_CLI, url); }
};

using Memory = Suite<OnMemory>;
using Sqlite = Suite<OnSqlite>;
using Postgres = Suite<OnPostgres>;
using PostgresPlain = Suite<OnPostgresPlain>;
using CommandLine = Suite<OnCommandLine>;
using CommandLinePostgres = Suite<OnCommandLinePostgres>;

TEST_P(Memory, Plays) {
    check();
}

TEST_P(Sqlite, Plays) {
    check();
}

TEST_P(Postgres, Plays) {
    check();
}

TEST_P(PostgresPlain, Plays) {
    check();
}

TEST_P(CommandLine, Plays) {
    if (!std::filesystem::exists(SHEAF_CLI)) GTEST_SKIP() << SHEAF_CLI << " is not built";
    check();
}

TEST_P(CommandLinePostgres, Plays) {
    if (!std::filesystem::exists(SHEAF_CLI)) GTEST_SKIP() << SHEAF_CLI << " is not built";
    check();
}

INSTANTIATE_TEST_SUITE_P(Cases, Memory, testing::ValuesIn(all_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Cases, Sqlite, testing::ValuesIn(all_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Cases, Postgres, testing::ValuesIn(all_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Cases, PostgresPlain, testing::ValuesIn(all_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Cases, CommandLine, testing::ValuesIn(all_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Cases, CommandLinePostgres, testing::ValuesIn(all_cases()), name_of);

TEST(Cases, AreThere) {
    EXPECT_GT(all_cases().size(), 50U);
}

}  // namespace

}  // namespace sheaf::cases
