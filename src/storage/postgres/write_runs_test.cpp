// Which writes go together into one statement.
#include "storage/postgres/write_runs.hpp"

#include <gtest/gtest.h>

#include <sheaf/error.hpp>

namespace sheaf::postgres {
namespace {

using driver::Expect;
using driver::IndexEntry;
using driver::TableKind;
using driver::Write;
using Kind = Run::Kind;
using Shape = std::vector<std::pair<Kind, std::size_t>>;  // of each run, and how many writes it has

TableEntry find_index(std::string_view name) {
    if (name == "nowhere") throw Error(Code::not_found, "none");
    const TableKind kind = name == "unique"  ? TableKind::unique_index
                           : name == "plain" ? TableKind::index
                                             : TableKind::documents;
    return {.kind = kind, .quoted = "\"" + std::string(name) + "\""};
}

Shape shape(TableKind kind, const std::vector<Write>& writes) {
    EntryTables tables(find_index);
    Shape shape;
    std::size_t next = 0;
    for (const Run& run : cut_into_runs(kind, writes, tables)) {
        EXPECT_EQ(run.writes.data(), writes.data() + next) << "in their order";
        next += run.writes.size();
        shape.emplace_back(run.kind, run.writes.size());
    }
    EXPECT_EQ(next, writes.size()) << "all of them";
    return shape;
}

Shape shape(const std::vector<Write>& writes) {
    return shape(TableKind::documents, writes);
}

Write insert(BytesView key, std::span<const IndexEntry> entries = {}) {
    return {.key = key, .expect = Expect::absent(), .entries = entries};
}
Write change(BytesView key, std::span<const IndexEntry> entries = {}) {
    return {.key = key, .expect = Expect::exactly({1}), .entries = entries};
}
Write remove(BytesView key, Expect expect = {}) {
    return {.kind = Write::Kind::remove, .key = key, .expect = expect};
}

TEST(WriteRuns, AreNeighboursOfOneKind) {
    EXPECT_EQ(shape({}), Shape());
    EXPECT_EQ(shape({insert("a"), insert("b"), change("c"), change("d"), insert("e")}),
              (Shape{{Kind::insert, 2}, {Kind::change, 2}, {Kind::insert, 1}}));
    EXPECT_EQ(shape({{.key = "a"}, remove("b"), remove("c", Expect::exactly({1})), remove("d", Expect::absent())}),
              (Shape{{Kind::put, 1}, {Kind::remove, 1}, {Kind::erase, 1}, {Kind::absence, 1}}));
}

TEST(WriteRuns, HaveEachKeyOnce) {
    EXPECT_EQ(shape({change("a"), change("b"), change("a"), change("b")}),
              (Shape{{Kind::change, 2}, {Kind::change, 2}}));
    EXPECT_EQ(shape(TableKind::unique_index, {{.key = "a"}, {.key = "a"}}), (Shape{{Kind::put, 1}, {Kind::put, 1}}));
    EXPECT_EQ(shape(TableKind::index, {{.key = "a"}, {.key = "a"}}), (Shape{{Kind::put, 2}}));
}

TEST(WriteRuns, WaitForUniqueKeysThatAreAddedBefore) {
    const IndexEntry add{.index = "unique", .key = "k"};
    const IndexEntry other{.index = "unique", .key = "l"};
    const IndexEntry removal{.kind = IndexEntry::Kind::remove, .index = "unique", .key = "k"};
    const IndexEntry plain{.index = "plain", .key = "k"};
    const auto one = [](const IndexEntry& entry) { return std::span(&entry, 1); };
    const Shape together = {{Kind::change, 2}};
    const Shape apart = {{Kind::change, 1}, {Kind::change, 1}};
    EXPECT_EQ(shape({change("a", one(add)), change("b", one(add))}), apart);
    EXPECT_EQ(shape({change("a", one(add)), change("b", one(removal))}), apart)
        << "it is still in the way of the first";
    EXPECT_EQ(shape({change("a", one(removal)), change("b", one(add))}), together);
    EXPECT_EQ(shape({change("a", one(add)), change("b", one(other))}), together);
    EXPECT_EQ(shape({change("a", one(plain)), change("b", one(plain))}), together);
    EXPECT_EQ(shape({change("a", one(add)), change("b", one(plain))}), together);
}

TEST(WriteRuns, HaveBoundedBytesUnlessTheyAreCopied) {
    const Bytes body(3U << 20U, 'x');
    std::vector<Write> writes = {change("a"), change("b"), change("c"), change("d"), change("e")};
    for (Write& write : writes) write.body = body;
    EXPECT_EQ(shape(writes), (Shape{{Kind::change, 2}, {Kind::change, 2}, {Kind::change, 1}}));
    for (Write& write : writes) write.expect = Expect::absent();
    EXPECT_EQ(shape(writes), (Shape{{Kind::insert, 5}}));
}

TEST(WriteRuns, RefuseWhatTheContractDoesNotAllow) {
    const auto error = [](TableKind kind, const Write& write) {
        try {
            shape(kind, {write});
        } catch (const Error& thrown) {
            return std::string(info(thrown.code()).name);
        }
        return std::string("nothing");
    };
    const IndexEntry entry{.index = "plain", .key = "k"};
    const IndexEntry lost{.index = "nowhere", .key = "k"};
    const IndexEntry wrong{.index = "documents", .key = "k"};
    EXPECT_EQ(error(TableKind::documents, insert("a", {&lost, 1})), "not_found");
    EXPECT_EQ(error(TableKind::documents, insert("a", {&wrong, 1})), "invalid_argument");
    EXPECT_EQ(error(TableKind::documents, {.key = "a", .entries = {&entry, 1}}), "invalid_argument");
    EXPECT_EQ(error(TableKind::ordered, insert("a", {&entry, 1})), "invalid_argument");
    EXPECT_EQ(error(TableKind::ordered, change("a")), "invalid_argument");
    EXPECT_EQ(error(TableKind::index, insert("a")), "invalid_argument");
    EXPECT_EQ(error(TableKind::documents, change("a", {&entry, 1})), "nothing");
}

}  // namespace
}  // namespace sheaf::postgres
