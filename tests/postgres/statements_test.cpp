// The number of statements does not grow with the number of documents.
#include <gtest/gtest.h>
#include <sheaf/json.hpp>
#include <sheaf/open.hpp>

#include <functional>

#include "storage/postgres/postgres_backend.hpp"
#include "support/postgres_schema.hpp"

namespace sheaf {

namespace {

constexpr std::pair<const char*, int> groups[] = {{"few", 10}, {"more", 200}, {"hundreds", 400}, {"others", 4'000}};

class Statements : public testing::TestWithParam<const char*> {
protected:
    Statements() {
        auto backend = postgres::open_postgres(driver::StoreUrl::parse(schema_.url(GetParam())));
        backend_ = backend.get();
        database_ = open(std::move(backend));
        things_ = database_->collection("things");
        things_->create_index(R"({"group": 1})"_json);
        things_->create_index(R"({"tags": 1})"_json);
        things_->create_index(R"({"key": 1})"_json, {.unique = true});
        insert("warm", 3);  // statements are prepared, the catalog is known, an index is marked as multikey
        things_->update_many(R"({"group": "warm"})"_json, R"({"$inc": {"n": 1}})"_json);
        things_->delete_many(R"({"group": "warm"})"_json);
    }

    void insert(const std::string& group, int count) {
        std::vector<Document> documents;
        for (int i = 0; i < count; ++i) {
            documents.push_back(Document({{"_id", group + std::to_string(i)},
                                          {"group", group},
                                          {"key", group + std::to_string(i)},
                                          {"tags", Value::array({i % 3, i % 5})},
                                          {"n", i}}));
        }
        things_->insert_many(documents);
    }

    std::uint64_t statements_of(const std::function<void()>& work) const {
        const std::uint64_t before = postgres::statements_sent(*backend_);
        work();
        return postgres::statements_sent(*backend_) - before;
    }

    void expect_good(std::int64_t documents) const {
        EXPECT_EQ(things_->count_documents(), documents);
        for (const IndexInfo& index : things_->list_indexes()) {
            EXPECT_TRUE(things_->verify_index(index.name).good()) << index.name;
        }
    }

    testing_support::PostgresSchema schema_;  // before the database, which closes first
    const driver::Backend* backend_ = nullptr;
    std::optional<Database> database_;
    std::optional<Collection> things_;
};

}  // namespace

TEST_P(Statements, ThatInsertAreAsManyForTenDocumentsAsForHundreds) {
    const std::uint64_t few = statements_of([&] { insert("few", 10); });
    EXPECT_EQ(statements_of([&] { insert("hundreds", 400); }), few);
    EXPECT_LE(few, 10U);
    expect_good(410);
}

// What is read comes in pages of some hundreds, and the planner may have to count so many.
TEST_P(Statements, ThatUpdateAreAsManyForTenDocumentsAsForHundreds) {
    for (const auto& [group, count] : groups) insert(group, count);
    const auto update = [&](const char* group, int count) {
        return statements_of([&] {
            const Document push = R"({"$inc": {"n": 1}, "$push": {"tags": 7}})"_json;
            EXPECT_EQ(things_->update_many(Document({{"group", group}}), push).modified_count, count);
        });
    };
    const std::uint64_t few = update("few", 10);
    EXPECT_EQ(update("more", 200), few);
    EXPECT_LE(update("hundreds", 400), few + 3);
    EXPECT_LE(few, 14U);
    expect_good(4'610);
}

TEST_P(Statements, ThatDeleteAreAsManyForTenDocumentsAsForHundreds) {
    for (const auto& [group, count] : groups) insert(group, count);
    const auto remove = [&](const char* group, int count) {
        return statements_of([&] {
            EXPECT_EQ(things_->delete_many(Document({{"group", group}})).deleted_count, count);
        });
    };
    const std::uint64_t few = remove("few", 10);
    EXPECT_EQ(remove("more", 200), few);
    EXPECT_LE(remove("hundreds", 400), few + 3);
    EXPECT_LE(few, 20U);
    expect_good(4'000);
}

TEST_P(Statements, OneGetsADocumentByItsId) {
    insert("few", 10);
    const auto get = [&] { EXPECT_TRUE(things_->find_one(R"({"_id": "few3"})"_json).has_value()); };
    get();
    EXPECT_EQ(statements_of(get), 1U);
}

INSTANTIATE_TEST_SUITE_P(Pushdown, Statements, testing::Values("pushdown=on", "pushdown=off"),
                         [](const auto& parameter) { return std::string(parameter.param).substr(9); });

}  // namespace sheaf
