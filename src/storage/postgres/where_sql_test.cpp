// The SQL of conditions as text, and its answers on a server beside those that predicate.hpp asks for.
#include "storage/postgres/where_sql.hpp"
#include "storage/postgres/test_server.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <random>
#include <set>

#include <sheaf/json.hpp>

#include "document/predicate_testing.hpp"
#include "storage/postgres/json_column.hpp"

namespace sheaf::postgres {
namespace {

using Kind = Predicate::Kind;
using Op = Predicate::Op;

Predicate compare(std::vector<std::string> path, Op op, const Value& value) {
    return {.kind = Kind::compare, .path = std::move(path), .op = op, .value = encode(value)};
}

Predicate joined(Kind kind, std::vector<Predicate> parts) {
    return {.kind = kind, .parts = std::move(parts)};
}

TEST(WhereSql, WritesWhatIsAskedIntoParameters) {
    const JsonPath path = json_path(
        joined(Kind::all, {compare({"a", "b\"\\\n$*"}, Op::gte, 5), {.kind = Kind::exists, .path = {"\xC3\xA9"}}}));
    EXPECT_EQ(path.path,
              "((exists($.\"a\".\"b\\\"\\\\\\u000a$*\" ? (@ >= $v0 && @.type() == \"number\"))) && "
              "(exists($.\"\xC3\xA9\")))");
    EXPECT_EQ(path.variables, R"({"v0":5})");
    EXPECT_EQ(json_path(compare({"a"}, Op::eq, "x\" || true")).variables, R"({"v0":"x\" || true"})");
    EXPECT_EQ(json_path(joined(Kind::none, {})).path, "!(1 == 0)");
}

TEST(WhereSql, IsOneOfAFewTexts) {
    const auto sql = [](const driver::Where& where) {
        Params params;
        params.integer(1);
        return where_sql(where, params);
    };
    const Predicate predicate = compare({"a"}, Op::eq, 5);
    const Predicate always;
    EXPECT_EQ(sql({}), "true");
    EXPECT_EQ(sql({&always, {}}), "true");
    EXPECT_EQ(sql({&predicate, {}}), "(d.doc IS NULL OR jsonb_path_match(d.doc, $2, $3, true) IS NOT FALSE)");
    EXPECT_EQ(sql({&predicate, false}),
              "d.archived = $2 AND (d.doc IS NULL OR jsonb_path_match(d.doc, $3, $4, true) IS NOT FALSE)");
    EXPECT_EQ(sql({&always, true}), "d.archived = $2");
}

struct Free {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
};

// A server without the classes that are tested with it.
class Server {
public:
    Server() : connection_(PQconnectdb(test::server_url().c_str())) {}

    std::unique_ptr<PGresult, Free> query(const char* sql, const std::vector<std::string>& params = {}) {
        std::vector<const char*> values;
        for (const std::string& param : params) values.push_back(param.c_str());
        std::unique_ptr<PGresult, Free> result(PQexecParams(connection_.get(), sql, static_cast<int>(params.size()),
                                                            nullptr, values.data(), nullptr, nullptr, 0));
        const ExecStatusType status = PQresultStatus(result.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
            ADD_FAILURE() << PQresultErrorMessage(result.get()) << sql;
        }
        return result;
    }

    void load(const std::vector<Bytes>& documents) {
        query("CREATE TEMPORARY TABLE documents (id int, doc jsonb)");
        query("BEGIN");
        for (std::size_t i = 0; i < documents.size(); ++i) {
            std::string json;
            if (!append_json(documents[i], json)) continue;
            query("INSERT INTO documents VALUES ($1, $2)", {std::to_string(i), json});
            loaded_.insert(i);
        }
        query("COMMIT");
    }
    const std::set<std::size_t>& loaded() const { return loaded_; }

    // The numbers of the documents for which the predicate holds; those for which it is unknown count as failures.
    std::set<std::size_t> matching(const Predicate& predicate) {
        const JsonPath path = json_path(predicate);
        const auto result = query(
            "SELECT id, m IS NULL FROM (SELECT id, jsonb_path_match(doc, $1, $2, true) AS m "
            "FROM documents OFFSET 0) x WHERE m IS NOT FALSE",
            {path.path, path.variables});
        std::set<std::size_t> numbers;
        for (int row = 0; row < PQntuples(result.get()); ++row) {
            EXPECT_STREQ(PQgetvalue(result.get(), row, 1), "f") << "unknown: " << path.path;
            numbers.insert(std::stoul(PQgetvalue(result.get(), row, 0)));
        }
        return numbers;
    }

private:
    std::unique_ptr<PGconn, Free> connection_;
    std::set<std::size_t> loaded_;
};

// What the server says otherwise than it should; empty when nothing.
std::string wrong(Server& server, const std::vector<Bytes>& documents, const Predicate& predicate) {
    const std::set<std::size_t> found = server.matching(predicate);
    for (const std::size_t i : server.loaded()) {
        const bool expected = holds(predicate, View(documents[i]));
        if (expected == (found.count(i) != 0)) continue;
        const JsonPath path = json_path(predicate);
        return std::string(expected ? "not " : "") + "found: " + to_json(View(documents[i])) + " by " + path.path +
               " with " + path.variables;
    }
    return {};
}

class WhereSqlOnServer : public testing::Test {};

TEST_F(WhereSqlOnServer, LooksIntoArraysAsFiltersDo) {
    std::vector<Bytes> documents;
    for (const char* json : {
             R"({"a": 6})",
             R"({"a": [6]})",
             R"({"a": [[6]]})",
             R"({"a": [1, "x", [6], 6]})",
             R"({"a": {"b": 6}})",
             R"({"a": [{"b": 6}]})",
             R"({"a": [[{"b": 6}]]})",
             R"({"a": [{"b": [6]}]})",
             R"({"a": [{"b": [[6]]}]})",
             R"({"a": {"b": null}})",
             R"({"a": [null]})",
             R"({"a": [[null]]})",
             R"({"a": null})",
             "{}",
             R"({"a": []})",
             R"({"a": [{}]})",
             R"({"a": [{"b": 1}, {}]})",
             R"({"a": [5]})",
             R"({"a": [{"$date": 5}]})",
             R"({"a": {"$date": 5}})",
             R"({"a": [{"x": 1, "$date": 5}]})",
             R"({"a": [[{}]]})",
             R"({"a": "b"})",
             R"({"a": [{"b": {"$oid": "0123456789abcdef01234567"}}]})",
             R"({"a": true})",
             R"({"a": [[true]]})",
             R"({"a": {"$binary": {"base64": "YQ==", "subType": "00"}}})",
         }) {
        documents.push_back(json_to_cbor(json));
    }
    Server server;
    server.load(documents);
    ASSERT_EQ(server.loaded().size(), documents.size());
    for (const std::vector<std::string>& path : {std::vector<std::string>{"a"}, {"a", "b"}, {"a", "b", "c"}}) {
        std::vector<Predicate> questions{{.kind = Kind::exists, .path = path}, compare(path, Op::eq, nullptr)};
        for (const Value& value : {Value(6), Value("x"), Value(true)})
            questions.push_back(compare(path, Op::eq, value));
        for (const Op op : {Op::lt, Op::lte, Op::gt, Op::gte}) questions.push_back(compare(path, op, 5));
        for (const Predicate& question : questions) {
            EXPECT_EQ(wrong(server, documents, question), "");
            EXPECT_EQ(wrong(server, documents, joined(Kind::none, {question})), "");
        }
    }
}

TEST_F(WhereSqlOnServer, AnswersAsThePredicateSays) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    RandomDocuments make(random);
    std::vector<Bytes> documents;
    for (int i = 0; i < 2'000; ++i) documents.push_back(encode(Value(make.document(3))));
    Server server;
    server.load(documents);
    EXPECT_GT(server.loaded().size(), 1'000U);
    EXPECT_LT(server.loaded().size(), documents.size()) << "some cannot be JSON";
    for (int i = 0; i < 1'000; ++i) ASSERT_EQ(wrong(server, documents, make.predicate(2)), "");
}

TEST_F(WhereSqlOnServer, TakesDeepAndWideQuestions) {
    const std::vector<Bytes> documents{json_to_cbor(R"({"a": 1})"), json_to_cbor(R"({"a": [{"a": {"b": 2}}]})")};
    Server server;
    server.load(documents);
    EXPECT_EQ(wrong(server, documents, compare(std::vector<std::string>(200, "a"), Op::eq, nullptr)), "");
    std::vector<Predicate> many;
    for (int i = 0; i < 256; ++i) many.push_back(compare({"a"}, Op::eq, i));
    EXPECT_EQ(wrong(server, documents, joined(Kind::any, many)), "");
    Predicate deep = compare({"a"}, Op::eq, 1);
    for (int i = 0; i < 101; ++i) deep = joined(Kind::none, {std::move(deep)});
    EXPECT_EQ(wrong(server, documents, deep), "");
}

}  // namespace
}  // namespace sheaf::postgres
