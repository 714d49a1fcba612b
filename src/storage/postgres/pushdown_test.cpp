// What the server works out, beside the same worked out here.
#include "storage/postgres/pushdown.hpp"

#include <map>
#include <set>

#include <sheaf/json.hpp>

#include "document/key.hpp"
#include "document/predicate_testing.hpp"
#include "storage/postgres/json_column.hpp"
#include "storage/postgres/names.hpp"
#include "storage/postgres/postgres_backend.hpp"
#include "storage/postgres/pushdown_sql.hpp"
#include "storage/postgres/test_server.hpp"

namespace sheaf::postgres {
namespace {

using driver::Where;
using Keys = std::vector<std::string>;
using Numbers = std::set<std::int64_t>;

struct Stored {
    Bytes body;
    bool archived = false;
    bool decided = false;
};

// What stands at a path that leads through no array; nothing for an array.
std::optional<View> single_value(View value, std::span<const std::string> path) {
    for (const std::string& key : path) {
        if (value && value.is_array()) return std::nullopt;
        if (value) value = value[key];
    }
    if (value && value.is_array()) return std::nullopt;
    return value;
}

bool is_one_of(View value, std::initializer_list<Type> types) {
    return !value || std::find(types.begin(), types.end(), value.type()) != types.end();
}

// Numbers of documents, in whose order they are stored; from 1.
class PushdownTest : public test::ServerTest {
protected:
    void store(std::vector<Stored> documents) {
        documents_ = std::move(documents);
        const auto tx = backend_->begin({.mode = driver::Mode::write});
        tx->ensure_table("docs", driver::TableKind::documents);
        put(*tx, 0);
        tx->commit();
    }

    void put(driver::Transaction& tx, std::size_t first) {
        std::vector<Bytes> keys;
        std::vector<driver::Write> writes;
        for (std::size_t i = first; i < documents_.size(); ++i) keys.push_back(key_of(i + 1));
        for (std::size_t i = first; i < documents_.size(); ++i) {
            std::string json;
            documents_[i].decided = append_json(documents_[i].body, json);
            writes.push_back({.key = keys[i - first],
                              .body = documents_[i].body,
                              .meta = {.version = {1}, .archived = documents_[i].archived},
                              .expect = driver::Expect::absent()});
        }
        for (const driver::Outcome outcome : tx.apply("docs", writes)) ASSERT_EQ(outcome, driver::Outcome::done);
    }

    static Bytes key_of(std::size_t number) { return encode_key(View(encode(static_cast<std::int64_t>(number)))); }

    std::unique_ptr<driver::Transaction> read() { return backend_->begin({}); }

    static bool satisfies(const Stored& document, const Where& where) {
        if (where.archived && document.archived != *where.archived) return false;
        return where.predicate == nullptr || holds(*where.predicate, View(document.body));
    }

    template <typename Wanted>
    Numbers numbers_where(const Wanted& wanted) const {
        Numbers numbers;
        for (std::size_t i = 0; i < documents_.size(); ++i) {
            if (wanted(documents_[i])) numbers.insert(static_cast<std::int64_t>(i + 1));
        }
        return numbers;
    }

    // Of what a cursor gives, which has to be whole.
    Numbers numbers_of(driver::Cursor& cursor) {
        Numbers numbers;
        driver::RowView row;
        while (cursor.next(row)) {
            const auto number = static_cast<std::size_t>(row.meta.rid);
            EXPECT_TRUE(numbers.insert(row.meta.rid).second) << "twice: " << number;
            EXPECT_EQ(row.body, documents_.at(number - 1).body);
            EXPECT_EQ(cursor.key(), key_of(number));
            EXPECT_EQ(row.meta.archived, documents_[number - 1].archived);
        }
        return numbers;
    }

    std::string url_ = test::server_url() + "&schema=" + schema_;
    std::unique_ptr<driver::Backend> backend_ = open_postgres(driver::StoreUrl::parse(url_));
    std::vector<Stored> documents_;
};

class RandomPushdownTest : public PushdownTest {
protected:
    RandomPushdownTest() {
        std::vector<Stored> documents;
        for (int i = 0; i < 2'500; ++i) {
            documents.push_back({encode(Value(make_.document(i % 3))), make_.below(4) == 0, false});
        }
        store(std::move(documents));
    }

    // Sometimes without a predicate or a flag.
    Where where() {
        predicate_ = make_.predicate(2);
        Where where;
        if (make_.below(4) != 0) where.predicate = &predicate_;
        if (make_.below(2) != 0) where.archived = make_.below(2) == 0;
        return where;
    }

    // Without the rest, and not one more: the statement that top() asks.
    std::vector<std::int64_t> in_order(const Where& where, std::span<const driver::SortTerm> terms, std::size_t keep) {
        const TableEntry docs{.kind = driver::TableKind::documents, .quoted = quote_name("docs")};
        Params params;
        const std::string sql = top_sql(docs, where, terms, Rest::left_out, static_cast<std::int64_t>(keep), params);
        const Result result = connection_.query(sql, params, {});
        std::vector<std::int64_t> rids;
        for (std::size_t row = 0; row < result.rows(); ++row) rids.push_back(result.integer(row, 0));
        return rids;
    }

    const std::uint64_t seed_ = std::random_device()();
    const testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
    std::mt19937_64 random_{seed_};
    RandomDocuments make_{random_};
    Predicate predicate_;
};

TEST_F(RandomPushdownTest, CountsWhatIsDecided) {
    const auto tx = read();
    for (int i = 0; i < 100; ++i) {
        const Where asked = where();
        const Numbers counted = numbers_where([&](const Stored& d) { return d.decided && satisfies(d, asked); });
        ASSERT_EQ(tx->pushdown()->count("docs", asked), static_cast<std::int64_t>(counted.size()));
        const Numbers undecided = numbers_where(
            [&](const Stored& d) { return !d.decided && (!asked.archived || *asked.archived == d.archived); });
        ASSERT_EQ(numbers_of(*tx->pushdown()->undecided("docs", asked, nullptr)), undecided);
    }
}

// Less: missing and null, numbers, strings, bools; the order of compare().
bool is_before(View a, View b, std::span<const driver::SortTerm> terms, bool tie) {
    for (const driver::SortTerm& term : terms) {
        const View x = *single_value(a, term.path);
        const View y = *single_value(b, term.path);
        const bool no_x = !x || x.is_null();
        const bool no_y = !y || y.is_null();
        const std::weak_ordering order = no_x || no_y ? no_y <=> no_x : compare(x, y);
        if (order != 0) return term.descending ? order > 0 : order < 0;
    }
    return tie;
}

TEST_F(RandomPushdownTest, GivesTheFirstOfASort) {
    const auto tx = read();
    int few = 0;
    int many = 0;
    for (int i = 0; i < 100; ++i) {
        const Where asked = where();
        std::vector<driver::SortTerm> terms;
        for (auto count = 1 + make_.below(3); count > 0; --count) {
            terms.push_back({.path = make_.path(), .descending = make_.below(2) == 0});
        }
        const auto is_rest = [&](const Stored& d) {
            return !d.decided || std::any_of(terms.begin(), terms.end(), [&](const driver::SortTerm& term) {
                const auto value = single_value(View(d.body), term.path);
                return !value ||
                       !is_one_of(*value, {Type::null, Type::integer, Type::number, Type::string, Type::boolean});
            });
        };
        const Numbers rest = numbers_where([&](const Stored& d) {
            return is_rest(d) && (d.decided ? satisfies(d, asked) : !asked.archived || *asked.archived == d.archived);
        });
        const Numbers judged = numbers_where([&](const Stored& d) { return !is_rest(d) && satisfies(d, asked); });
        std::vector<std::int64_t> sorted(judged.begin(), judged.end());
        const auto body = [&](std::int64_t number) {
            return View(documents_[static_cast<std::size_t>(number - 1)].body);
        };
        std::sort(sorted.begin(), sorted.end(),
                  [&](std::int64_t a, std::int64_t b) { return is_before(body(a), body(b), terms, a < b); });
        const auto keep = static_cast<std::size_t>(make_.pick({1, 10, 100, 3'000}));
        const Numbers found =
            numbers_of(*tx->pushdown()->top("docs", asked, terms, static_cast<std::int64_t>(keep), nullptr));
        for (const std::int64_t number : rest) ASSERT_EQ(found.count(number), 1U) << to_json(body(number));
        sorted.resize(std::min(sorted.size(), keep));
        for (const std::int64_t number : sorted) ASSERT_EQ(found.count(number), 1U) << to_json(body(number));
        ASSERT_LE(found.size(), rest.size() + keep + 1000);
        ASSERT_EQ(in_order(asked, terms, keep), sorted);
        few += rest.size() <= 1000 ? 1 : 0;
        many += rest.size() > 1000 ? 1 : 0;
        for (const std::int64_t number : found) ASSERT_EQ(rest.count(number) + judged.count(number), 1U);
    }
    EXPECT_GT(few, 0);
    EXPECT_GT(many, 0) << "so many that they are read apart";
}

TEST_F(RandomPushdownTest, CountsGroups) {
    const auto tx = read();
    for (int i = 0; i < 100; ++i) {
        const Where asked = where();
        std::vector<Keys> paths;
        for (auto count = 1 + make_.below(2); count > 0; --count) paths.push_back(make_.path());
        std::map<std::vector<Bytes>, std::int64_t> expected;
        Numbers rest;
        for (std::size_t n = 0; n < documents_.size(); ++n) {
            const Stored& d = documents_[n];
            if (d.decided ? !satisfies(d, asked) : asked.archived && *asked.archived != d.archived) continue;
            std::vector<Bytes> values;
            for (const Keys& path : paths) {
                const auto value = single_value(View(d.body), path);
                if (value && is_one_of(*value, {Type::null, Type::string, Type::boolean})) {
                    values.push_back(*value ? Bytes(value->encoded()) : Bytes());
                }
            }
            if (d.decided && values.size() == paths.size()) {
                ++expected[values];
            } else {
                rest.insert(static_cast<std::int64_t>(n + 1));
            }
        }
        std::map<std::vector<Bytes>, std::int64_t> found;
        const auto groups = tx->pushdown()->count_groups("docs", asked, paths, 100'000);
        ASSERT_TRUE(groups);
        for (const driver::GroupCount& group : *groups) {
            EXPECT_TRUE(found.emplace(group.values, group.count).second) << "a group twice";
        }
        ASSERT_EQ(found, expected);
        ASSERT_EQ(numbers_of(*tx->pushdown()->ungrouped("docs", asked, paths, nullptr)), rest);
    }
}

TEST_F(PushdownTest, LooksForTheRestOnlyWhereThereIsOne) {
    store({{json_to_cbor(R"({"a": "x"})")}, {json_to_cbor(R"({"a": true})")}});
    const std::vector<Keys> paths{{"a"}};
    const auto statements = [&](const auto& ask) {
        const std::uint64_t before = statements_sent(*backend_);
        ask(*read()->pushdown());
        return statements_sent(*backend_) - before;
    };
    statements([](driver::Pushdown& server) { server.count("docs", {}); });  // the catalog is known from now on
    statements([&](driver::Pushdown& server) { EXPECT_FALSE(server.count_groups("docs", {}, paths, 1)); });
    const std::uint64_t counting = statements([](driver::Pushdown& server) { server.count("docs", {}); });
    EXPECT_EQ(counting, statements([&](driver::Pushdown& server) {
                  EXPECT_EQ(server.count("docs", {}), 2);
                  EXPECT_EQ(numbers_of(*server.undecided("docs", {}, nullptr)), Numbers{});
              }));
    EXPECT_EQ(counting, statements([&](driver::Pushdown& server) {
                  EXPECT_EQ(server.count_groups("docs", {}, paths, 2)->size(), 2U);
                  EXPECT_EQ(numbers_of(*server.ungrouped("docs", {}, paths, nullptr)), Numbers{});
              }));
    EXPECT_LT(counting, statements([&](driver::Pushdown& server) {
                  EXPECT_EQ(server.count("docs", {}), 2);
                  EXPECT_EQ(numbers_of(*server.ungrouped("docs", {}, paths, nullptr)), Numbers{});
              }));
}

TEST_F(PushdownTest, SeesTheRestThatTheTransactionWrites) {
    store({{json_to_cbor(R"({"a": 1})")}});
    const auto tx = backend_->begin({.mode = driver::Mode::write});
    EXPECT_EQ(tx->pushdown()->count("docs", {}), 1);
    documents_.push_back({json_to_cbor(R"({"a": {"$numberDouble": "NaN"}})")});
    put(*tx, 1);
    EXPECT_EQ(numbers_of(*tx->pushdown()->undecided("docs", {}, nullptr)), Numbers{2});
}

class LongText final : public driver::RowFilter {
public:
    bool wants(BytesView body) override { return body.size() > 1000; }
};

TEST_F(PushdownTest, AsksTheFilterAndLendsLargeBodies) {
    store({{encode(Value::object({{"a", std::string(100'000, 'x')}}))}, {json_to_cbor(R"({"a": 1})")}});
    LongText filter;
    const std::vector<driver::SortTerm> terms{{.path = {"a"}}};
    const auto tx = read();
    EXPECT_EQ(numbers_of(*tx->pushdown()->top("docs", {}, terms, 10, &filter)), Numbers{1});
}

TEST_F(PushdownTest, IsLeftOutWhenTheUrlSaysSo) {
    const auto backend = open_postgres(driver::StoreUrl::parse(url_ + "&pushdown=off"));
    EXPECT_EQ(backend->begin({})->pushdown(), nullptr);
    EXPECT_EQ(test::error_of([&] { read()->pushdown()->count("nothing", {}); }), "not_found");
}

}  // namespace
}  // namespace sheaf::postgres
