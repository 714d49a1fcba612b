// Plays tests/cases/*.json on every surface: the same case, the same answer, everywhere.
#include <filesystem>

#include <gtest/gtest.h>

#include "cases/case.hpp"
#include "cases/judge.hpp"
#include "cases/surface.hpp"
#include "support/temp_dir.hpp"

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

// One surface for all cases of a suite; opened by the first.
template <typename Maker>
class Suite : public testing::TestWithParam<Case> {
protected:
    static void TearDownTestSuite() { surface_.reset(); }

    void check() {
        if (surface_ == nullptr) surface_ = Maker::make();
        if (!surface_->can_play(GetParam())) GTEST_SKIP() << "this surface cannot say it";
        if (const std::string faults = play(*surface_, GetParam()); !faults.empty()) ADD_FAILURE() << faults;
    }

    static inline std::unique_ptr<Surface> surface_;
};

struct OnMemory {
    static std::unique_ptr<Surface> make() { return api_surface("memory:"); }
};

struct OnSqlite {
    static std::unique_ptr<Surface> make() {
        static const testing_support::TempDir dir(testing_support::TempDir::fast_parent());
        return api_surface("sqlite:" + dir.path("cases.db") + "?durability=process");
    }
};

struct OnCommandLine {
    static std::unique_ptr<Surface> make() { return command_line_surface(SHEAF_CLI); }
};

using Memory = Suite<OnMemory>;
using Sqlite = Suite<OnSqlite>;
using CommandLine = Suite<OnCommandLine>;

TEST_P(Memory, Plays) {
    check();
}

TEST_P(Sqlite, Plays) {
    check();
}

TEST_P(CommandLine, Plays) {
    if (!std::filesystem::exists(SHEAF_CLI)) GTEST_SKIP() << SHEAF_CLI << " is not built";
    check();
}

INSTANTIATE_TEST_SUITE_P(Cases, Memory, testing::ValuesIn(all_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Cases, Sqlite, testing::ValuesIn(all_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Cases, CommandLine, testing::ValuesIn(all_cases()), name_of);

TEST(Cases, AreThere) {
    EXPECT_GT(all_cases().size(), 50U);
}

}  // namespace

}  // namespace sheaf::cases
