// The rights that docs/guide/postgres.md gives to three roles are enough for what it says of them, and for no more.
#include <gtest/gtest.h>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>
#include <sheaf/open.hpp>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "support/postgres_schema.hpp"

namespace sheaf {

namespace {

constexpr const char* page = SHEAF_SOURCE_DIR "/docs/guide/postgres.md";

// The page's statements, with names of the test's own.
std::string statements(const testing_support::PostgresSchema& schema) {
    std::ifstream file(page);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t begin = text.find("```sql\nCREATE ROLE");
    if (begin == std::string::npos) throw std::runtime_error(std::string(page) + " has no roles");
    std::string sql = text.substr(begin + 7, text.find("```", begin + 7) - begin - 7);
    for (std::size_t at = sql.find("shop"); at != std::string::npos; at = sql.find("shop", at)) {
        sql.replace(at, 4, schema.name());
        at += schema.name().size();
    }
    return sql;
}

class Rights : public testing::Test {
protected:
    Rights() { testing_support::postgres_query(statements(schema_)); }
    void TearDown() override {
        for (const char* name : {"owner", "writer", "reader"}) {
            testing_support::postgres_query("DROP OWNED BY " + role(name) + "; DROP ROLE " + role(name));
        }
    }

    std::string role(const char* name) const { return schema_.name() + "_" + name; }
    Database open_as(const char* name) const { return open(schema_.url_as(role(name))); }

    template <class Function>
    static void expect_refused(Function function) {
        try {
            function();
            ADD_FAILURE() << "it was allowed";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::unauthorized) << error.what();
        }
    }

    void make_store() const {
        Database owner = open_as("owner");
        owner.collection("users").create_index(R"({"mail": 1})"_json, {.unique = true});
        owner.collection("users").create_index(R"({"tags": 1})"_json);
        owner.collection("users").insert_one(R"({"_id": 1, "mail": "ada"})"_json);
        owner.close();
    }

    testing_support::PostgresSchema schema_;
};

}  // namespace

TEST_F(Rights, TheOwnerMakesAndRemovesCollectionsAndIndexes) {
    make_store();
    Database owner = open_as("owner");
    EXPECT_TRUE(owner.collection("users").verify_index("mail_1").good());
    EXPECT_TRUE(owner.collection("users").drop_index("tags_1"));
    owner.rename("users", "people");
    EXPECT_TRUE(owner.drop_collection("people"));
}

TEST_F(Rights, TheWriterChangesDocuments) {
    make_store();
    Database writer = open_as("writer");
    Collection users = writer.collection("users");
    users.insert_one(R"({"_id": 2, "mail": "grace", "tags": ["navy", "cobol"]})"_json);
    std::vector<Document> more;
    for (int i = 10; i < 2'000; ++i) more.push_back(Document({{"_id", i}, {"mail", "m" + std::to_string(i)}}));
    users.insert_many(more);
    EXPECT_EQ(users.update_many(R"({"tags": "navy"})"_json, R"({"$set": {"age": 85}})"_json).modified_count, 1);
    writer.run_in_transaction([](Transaction& tx) {
        tx.collection("users").update_one(R"({"_id": 1})"_json, R"({"$set": {"age": 36}})"_json);
    });
    EXPECT_EQ(users.delete_many(R"({"_id": {"$gte": 10}})"_json).deleted_count, 1'990);
    EXPECT_EQ(users.count_documents(R"({"age": {"$gt": 30}})"_json), 2);
    EXPECT_TRUE(users.verify_index("tags_1").good());
}

TEST_F(Rights, TheWriterMakesNothingAndRemovesNothing) {
    make_store();
    Database writer = open_as("writer");
    expect_refused([&] { writer.collection("others").insert_one(R"({"_id": 1})"_json); });
    expect_refused([&] { writer.collection("users").create_index(R"({"age": 1})"_json); });
    expect_refused([&] { writer.drop_collection("users"); });
    EXPECT_EQ(writer.collection("users").count_documents(), 1);
}

TEST_F(Rights, TheReaderReadsOnly) {
    make_store();
    Database reader = open_as("reader");
    Collection users = reader.collection("users");
    EXPECT_EQ(users.count_documents(R"({"mail": "ada"})"_json), 1);
    EXPECT_EQ(users.find_one(R"({"_id": 1})"_json)->version.value, 1);
    EXPECT_EQ(reader.list_collections(), std::vector<std::string>{"users"});
    expect_refused([&] { users.insert_one(R"({"_id": 2})"_json); });
    expect_refused([&] { users.update_one({}, R"({"$set": {"age": 1}})"_json); });
    expect_refused([&] { users.delete_many({}); });
    expect_refused([&] { reader.drop_collection("users"); });
    EXPECT_EQ(users.count_documents(), 1);
}

TEST_F(Rights, WithoutAStoreOnlyTheOwnerCanBegin) {
    expect_refused([&] { open_as("writer").list_collections(); });
    expect_refused([&] { open_as("reader").list_collections(); });
    EXPECT_TRUE(open_as("owner").list_collections().empty());
}

}  // namespace sheaf
