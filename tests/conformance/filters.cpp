// Scans with a RowFilter: asked of each row once, in the order of the scan, its exceptions unchanged.
#include <stdexcept>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

// Wants bodies that begin with a letter; throws at one of its own.
class BeginsWith final : public driver::RowFilter {
public:
    explicit BeginsWith(char letter, char hated = 0) : letter_(letter), hated_(hated) {}
    bool wants(BytesView body) override {
        asked.emplace_back(body);
        if (body.front() == hated_) throw std::runtime_error("the filter's own");
        return body.front() == letter_;
    }
    std::vector<Bytes> asked;

private:
    char letter_;
    char hated_;
};

std::vector<Bytes> bodies(Backend& backend, std::string_view table, const Scan& scan) {
    std::vector<Bytes> found;
    const auto transaction = backend.begin({});
    for (const Seen& seen : rows(*transaction, table, scan)) found.push_back(seen.body);
    return found;
}

void fill(Backend& backend) {
    for (const std::string_view body : {"a1", "b2", "a3", "c4", "a5"}) {
        commit_one(backend, docs, put(id(body.substr(1)), body));
        commit_one(backend, index, put(body.substr(1), body));
    }
}

}  // namespace

TEST_P(Scans, HandOverOnlyWhatTheFilterWants) {
    make_tables();
    fill(backend());
    const std::vector<Bytes> all = {"a1", "b2", "a3", "c4", "a5"};
    for (const Order order : {Order::insertion, Order::key}) {
        BeginsWith filter('a');
        EXPECT_EQ(bodies(backend(), docs, {.order = order, .filter = &filter}), (std::vector<Bytes>{"a1", "a3", "a5"}));
        EXPECT_EQ(filter.asked, all);
        BeginsWith none('x');
        EXPECT_TRUE(bodies(backend(), docs, {.order = order, .filter = &none}).empty());
        EXPECT_EQ(none.asked, all);
    }
    BeginsWith filter('a');
    const Scan down{.order = Order::key_descending, .range = {"2", std::nullopt}, .filter = &filter};
    EXPECT_EQ(bodies(backend(), index, down), (std::vector<Bytes>{"a5", "a3"}));
    EXPECT_EQ(filter.asked.size(), 4U);
    BeginsWith resumed('a');
    const auto rid = read()->get(docs, id("3"))->meta.rid;
    EXPECT_EQ(bodies(backend(), docs, {.after_rid = rid, .filter = &resumed}), (std::vector<Bytes>{"a5"}));
}

TEST_P(Scans, GiveTheFilteredRowsTheirKeysAndMeta) {
    make_tables();
    fill(backend());
    const auto reader = read();
    BeginsWith filter('c');
    const auto cursor = reader->scan(docs, {.filter = &filter});
    RowView row;
    ASSERT_TRUE(cursor->next(row));
    EXPECT_EQ(cursor->key(), id("4"));
    EXPECT_EQ(row.meta, reader->get(docs, id("4"))->meta);
    EXPECT_FALSE(cursor->next(row));
}

TEST_P(Scans, LetTheFiltersExceptionsThrough) {
    make_tables();
    fill(backend());
    for (const Mode mode : {Mode::read, Mode::write}) {
        for (const Order order : {Order::insertion, Order::key}) {
            const auto transaction = backend().begin({.mode = mode});
            BeginsWith filter('a', 'c');
            const auto run = [&] {
                const auto cursor = transaction->scan(docs, {.order = order, .filter = &filter});
                RowView row;
                while (cursor->next(row)) continue;
            };
            EXPECT_THROW(run(), std::runtime_error);
            EXPECT_TRUE(transaction->get(docs, id("1"))) << "the transaction goes on";
        }
    }
}

}  // namespace sheaf::conformance
