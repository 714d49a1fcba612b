// The server reads what an index leads to, and nothing else: no look at every document, no sort.
#include <gtest/gtest.h>
#include <sheaf/json.hpp>
#include <sheaf/open.hpp>

#include "postgres/server_log.hpp"
#include "support/postgres_schema.hpp"

namespace sheaf {

namespace {

constexpr int documents = 10'000;

// Statistics of the server's differ: none at first, those of ANALYZE later. The plan must not.
class Plans : public testing::TestWithParam<const char*> {
protected:
    static void SetUpTestSuite() {
        schema_.emplace();
        log_.emplace("watched");
        database_ = open(schema_->url_as("watched"));
        Collection things = database_->collection("things");
        for (const char* keys :
             {R"({"n": 1})", R"({"address.city": 1})", R"({"tags": 1})", R"({"score": -1, "n": 1})"}) {
            things.create_index(Document::from_json(keys));
        }
        things.create_index(R"({"mail": 1})"_json, {.unique = true});
        std::vector<Document> made;
        for (int i = 0; i < documents; ++i) {
            made.push_back(Document({{"_id", i},
                                     {"n", i},
                                     {"mail", "m" + std::to_string(i)},
                                     {"score", i % 1'000},
                                     {"tags", Value::array({i % 500, 1'000 + i % 300})},
                                     {"address", Value::object({{"city", "c" + std::to_string(i % 700)}})}}));
        }
        things.insert_many(made);
    }
    static void TearDownTestSuite() {
        database_.reset();
        schema_.reset();
    }

    void SetUp() override {
        if (GetParam() == std::string("analyzed")) testing_support::postgres_query("ANALYZE");
    }

    // How many documents come, and that the server has found them by the pairs of an index. Several times, as the
    // server plans a prepared statement anew until it knows its parameters not to matter.
    void expect_by_index(const char* filter, std::int64_t count, const FindOptions& options = {}) {
        for (int i = 0; i < 7; ++i) {
            const std::string plans = log_->plans_of("_sheaf_i.", [&] {
                Cursor cursor = database_->collection("things").find(Document::from_json(filter), options);
                std::int64_t found = 0;
                while (cursor.next()) ++found;
                EXPECT_EQ(found, count) << filter;
            });
            EXPECT_NE(plans.find(" using \"_sheaf_i."), std::string::npos) << filter << '\n' << plans;
            EXPECT_EQ(plans.find("Seq Scan"), std::string::npos) << filter << '\n' << plans;
            EXPECT_EQ(plans.find("Sort"), std::string::npos) << filter << '\n' << plans;
            EXPECT_EQ(plans.find("Hash"), std::string::npos) << filter << '\n' << plans;
            EXPECT_EQ(plans.find("Bitmap"), std::string::npos) << filter << '\n' << plans;
        }
    }

    static inline std::optional<testing_support::PostgresSchema> schema_;
    static inline std::optional<testing_support::ServerLog> log_;
    static inline std::optional<Database> database_;
};

}  // namespace

TEST_P(Plans, OfAnEquality) {
    expect_by_index(R"({"n": 4711})", 1);
    expect_by_index(R"({"mail": "m4711"})", 1);
}

TEST_P(Plans, OfSeveralValues) {
    expect_by_index(R"({"n": {"$in": [1, 10, 100, 1000, 5000]}})", 5);
}

TEST_P(Plans, OfARange) {
    expect_by_index(R"({"n": {"$gte": 5000, "$lt": 5100}})", 100);
}

TEST_P(Plans, OfANestedPath) {
    expect_by_index(R"({"address.city": "c77"})", 15);
}

TEST_P(Plans, OfAnElementOfAnArray) {
    expect_by_index(R"({"tags": 77})", 20);
}

TEST_P(Plans, OfARangeWithAConditionThatTheIndexDoesNotHave) {
    expect_by_index(R"({"n": {"$gte": 5000, "$lt": 5100}, "score": {"$lt": 50}})", 50);
}

TEST_P(Plans, OfTheFirstInTheOrderOfAnIndex) {
    FindOptions options;
    options.limit = 10;
    options.sort = R"({"n": 1})"_json;
    expect_by_index("{}", 10, options);
    options.sort = R"({"n": -1})"_json;
    expect_by_index("{}", 10, options);
    options.sort = R"({"score": -1, "n": 1})"_json;
    expect_by_index("{}", 10, options);
}

TEST_P(Plans, OfARangeInTheOrderOfItsIndex) {
    FindOptions options;
    options.sort = R"({"n": -1})"_json;
    expect_by_index(R"({"n": {"$gte": 5000, "$lt": 5100}})", 100, options);
}

INSTANTIATE_TEST_SUITE_P(Statistics, Plans, testing::Values("none", "analyzed"),
                         [](const auto& statistics) { return std::string(statistics.param); });

}  // namespace sheaf
