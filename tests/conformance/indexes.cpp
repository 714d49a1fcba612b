// Index tables by themselves: their kinds, the order of pairs, and writes to them as to any other table.
#include <algorithm>
#include <random>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

constexpr Outcome done = Outcome::done;
constexpr Outcome duplicate_entry = Outcome::duplicate_entry;

std::vector<Pair> committed_pairs(Backend& backend, std::string_view table) {
    return pairs(*backend.begin({}), table);
}

Scan between(std::optional<Bytes> lower, std::optional<Bytes> upper, Order order = Order::key) {
    return {.order = order, .range = {std::move(lower), std::move(upper)}};
}

// A key that is the beginning of another is continued with FF there, as in the engine's encoding.
std::vector<Bytes> awkward_keys() {
    return {Bytes("\0", 1),    Bytes("\x01\0\0", 3),    "a",     Bytes("a\xFF\0", 3),
            "a\xFF\x01",       "a\xFF\x01\xFF",         "b\x7F", "b\x80",
            Bytes(1'100, 'l'), Bytes(1'099, 'l') + "m", "\xFE",  "\xFF\xFF"};
}

}  // namespace

TEST_P(Indexes, KindsAreTablesOfTheirOwn) {
    make_index_tables();
    const std::vector<TableInfo> expected = {{by_mail.data(), TableKind::unique_index},
                                             {by_name.data(), TableKind::index},
                                             {docs.data(), TableKind::documents}};
    EXPECT_EQ(read()->tables(), expected);
    const auto writer = write();
    EXPECT_FALSE(writer->ensure_table(by_name, TableKind::index));
    EXPECT_FALSE(writer->ensure_table(by_mail, TableKind::unique_index));
    EXPECT_EQ(error_of([&] { writer->ensure_table(by_name, TableKind::unique_index); }), "already_exists");
    EXPECT_EQ(error_of([&] { writer->ensure_table(by_mail, TableKind::index); }), "already_exists");
    EXPECT_EQ(error_of([&] { writer->ensure_table(by_name, TableKind::ordered); }), "already_exists");
    EXPECT_EQ(error_of([&] { writer->ensure_table(docs, TableKind::index); }), "already_exists");
}

TEST_P(Indexes, PairsComeInTheOrderOfKeyAndThenRid) {
    make_index_tables();
    std::vector<Pair> expected;
    for (const Bytes& key : awkward_keys()) {
        for (const std::int64_t rid : {1, 2, 127, 128, 255, 256, 65'535, 65'536, 1'000'000'007}) {
            expected.emplace_back(key, rid);
        }
    }
    std::vector<Pair> shuffled = expected;
    std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937_64(7));
    const auto writer = write();
    for (const auto& [key, rid] : shuffled) must(*writer, by_name, add_pair(key, rid));
    for (const Bytes& key : awkward_keys()) must(*writer, by_mail, add_pair(key, 5));
    EXPECT_EQ(pairs(*writer, by_name), expected);
    std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(pairs(*writer, by_name, {.order = Order::key_descending}), expected);
    std::vector<Bytes> once = keys(*writer, by_mail, {.order = Order::key});
    EXPECT_EQ(once, awkward_keys());
    EXPECT_NE(error_of([&] { rows(*writer, by_name, {}); }), "nothing") << "an index has no insertion order";
}

TEST_P(Indexes, BoundsOfRangesAreComparedWithKeysAlone) {
    make_index_tables();
    const auto writer = write();
    std::vector<Pair> all;
    for (const Bytes& key : awkward_keys()) {
        for (std::int64_t rid = 1; rid <= 40; ++rid) {
            must(*writer, by_name, add_pair(key, rid));
            all.emplace_back(key, rid);
        }
        must(*writer, by_mail, add_pair(key, 1));
    }
    std::vector<Bytes> bounds;
    for (const Bytes& key : awkward_keys()) {
        for (const std::string_view tail : {std::string_view(), std::string_view("\0", 1), std::string_view("\xFF")}) {
            bounds.push_back(key + std::string(tail));
        }
        bounds.push_back(key.substr(0, key.size() - 1));
    }
    for (const Bytes& lower : bounds) {
        for (const Bytes& upper : bounds) {
            std::vector<Pair> expected;
            std::copy_if(all.begin(), all.end(), std::back_inserter(expected),
                         [&](const Pair& pair) { return pair.first >= lower && pair.first < upper; });
            ASSERT_EQ(pairs(*writer, by_name, between(lower, upper)), expected);
            ASSERT_EQ(pairs(*writer, by_mail, between(lower, upper)).size(), expected.size() / 40);
            std::reverse(expected.begin(), expected.end());
            ASSERT_EQ(pairs(*writer, by_name, between(lower, upper, Order::key_descending)), expected);
        }
    }
}

TEST_P(Indexes, AddingWhatIsThereAndRemovingWhatIsNotIsDone) {
    make_index_tables();
    const auto writer = write();
    for (const std::string_view table : {by_name, by_mail}) {
        EXPECT_EQ(apply(*writer, table, {add_pair("k", 3), add_pair("k", 3), add_pair("m", 3)}), Outcomes(3, done));
        EXPECT_EQ(apply(*writer, table, {remove_pair("k", 4), remove_pair("l", 3)}), Outcomes(2, done));
        EXPECT_EQ(pairs(*writer, table), (std::vector<Pair>{{"k", 3}, {"m", 3}}));
        EXPECT_EQ(apply(*writer, table, {remove_pair("k", 3), remove_pair("k", 3)}), Outcomes(2, done));
        EXPECT_EQ(pairs(*writer, table), (std::vector<Pair>{{"m", 3}}));
    }
}

TEST_P(Indexes, AUniqueOneHasEachKeyOnce) {
    make_index_tables();
    const auto writer = write();
    must(*writer, by_mail, add_pair("k", 3));
    EXPECT_EQ(apply(*writer, by_mail, {add_pair("k", 4)}), Outcomes{duplicate_entry});
    EXPECT_EQ(apply(*writer, by_mail, {remove_pair("k", 4)}), Outcomes{done}) << "that pair is not there";
    EXPECT_EQ(pairs(*writer, by_mail), (std::vector<Pair>{{"k", 3}}));
    EXPECT_EQ(apply(*writer, by_mail, {remove_pair("k", 3), add_pair("k", 4)}), Outcomes(2, done));
    EXPECT_EQ(pairs(*writer, by_mail), (std::vector<Pair>{{"k", 4}}));
    EXPECT_EQ(apply(*writer, by_name, {add_pair("k", 4), add_pair("k", 3)}), Outcomes(2, done));
}

TEST_P(Indexes, AFailedBatchChangesNothing) {
    make_index_tables();
    {
        const auto writer = write();
        apply(*writer, by_mail, {add_pair("a", 1), add_pair("b", 2), add_pair("c", 3)});
        writer->commit();
    }
    const auto writer = write();
    const auto before = pairs(*writer, by_mail);
    EXPECT_EQ(
        until_failure(
            apply(*writer, by_mail, {remove_pair("a", 1), add_pair("d", 1), add_pair("b", 2), add_pair("c", 1)}), 4),
        (Outcomes{done, done, done, duplicate_entry}));
    EXPECT_EQ(pairs(*writer, by_mail), before);
    must(*writer, by_mail, add_pair("d", 4));
    writer->commit();
    EXPECT_EQ(committed_pairs(backend(), by_mail).size(), 4U);
}

TEST_P(Indexes, GetGivesTheSmallestRidOfAKey) {
    make_index_tables();
    const auto writer = write();
    for (const std::int64_t rid : {300, 7, 9}) must(*writer, by_name, add_pair("k", rid));
    must(*writer, by_name, add_pair("k\xFFlonger", 2));
    must(*writer, by_name, add_pair("z", 1));
    must(*writer, by_mail, add_pair("k", 8));
    const auto found = writer->get(by_name, "k");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->body, "");
    EXPECT_EQ(found->meta, RowMeta{.rid = 7});
    EXPECT_EQ(writer->get(by_name, "k\xFFlonger")->meta.rid, 2);
    EXPECT_EQ(writer->get(by_mail, "k")->meta, RowMeta{.rid = 8});
    for (const std::string_view table : {by_name, by_mail}) {
        for (const std::string_view missing : {"", "j", "k\xFF", "ka", "l", "zz"}) {
            EXPECT_FALSE(writer->get(table, missing)) << missing;
        }
    }
    const std::vector<BytesView> asked = {"z", "nowhere", "k"};
    const auto many = writer->get_many(by_name, asked);
    ASSERT_EQ(many.size(), 3U);
    EXPECT_EQ(many[0]->meta.rid, 1);
    EXPECT_FALSE(many[1]);
    EXPECT_EQ(many[2]->meta.rid, 7);
}

TEST_P(Indexes, AKeyMayHaveManyPairs) {
    make_index_tables();
    std::vector<Pair> expected;
    {
        const auto writer = write();
        std::vector<Write> writes;
        for (std::int64_t rid = 1; rid <= 5'000; ++rid) writes.push_back(add_pair("same", rid * 3));
        writes.push_back(add_pair("next", 1));
        writer->apply(by_name, writes);
        writes.clear();
        for (std::int64_t rid = 1; rid <= 5'000; rid += 2) writes.push_back(remove_pair("same", rid * 3));
        writer->apply(by_name, writes);
        writer->commit();
    }
    for (std::int64_t rid = 2; rid <= 5'000; rid += 2) expected.emplace_back("same", rid * 3);
    EXPECT_EQ(pairs(*read(), by_name, between("same", std::nullopt)), expected);
    EXPECT_EQ(read()->get(by_name, "same")->meta.rid, 6);
    EXPECT_EQ(committed_pairs(backend(), by_name).size(), 2'501U);
}

TEST_P(Indexes, NothingIsExpectedOfAPair) {
    make_index_tables();
    const auto writer = write();
    for (const std::string_view table : {by_name, by_mail}) {
        Write wrong = add_pair("k", 1);
        wrong.expect = Expect::absent();
        EXPECT_EQ(error_of([&] { apply(*writer, table, {wrong}); }), "invalid_argument");
        wrong.expect = version(1);
        EXPECT_EQ(error_of([&] { apply(*writer, table, {wrong}); }), "invalid_argument");
    }
}

TEST_P(Indexes, CommitAndRollBackAndAreSeenBySnapshotsAsTheyWere) {
    make_index_tables();
    commit_one(backend(), by_name, add_pair("a", 1));
    commit_one(backend(), by_mail, add_pair("a", 1));
    {
        const auto writer = write();
        must(*writer, by_name, add_pair("b", 2));
        must(*writer, by_mail, remove_pair("a", 1));
        must(*writer, by_mail, add_pair("a", 2));
    }
    EXPECT_EQ(committed_pairs(backend(), by_name), (std::vector<Pair>{{"a", 1}}));
    EXPECT_EQ(committed_pairs(backend(), by_mail), (std::vector<Pair>{{"a", 1}}));
    const auto snapshot = read();
    commit_one(backend(), by_name, remove_pair("a", 1));
    commit_one(backend(), by_mail, add_pair("c", 3));
    EXPECT_EQ(pairs(*snapshot, by_name), (std::vector<Pair>{{"a", 1}}));
    EXPECT_EQ(pairs(*snapshot, by_mail), (std::vector<Pair>{{"a", 1}}));
    EXPECT_TRUE(committed_pairs(backend(), by_name).empty());
    EXPECT_EQ(committed_pairs(backend(), by_mail), (std::vector<Pair>{{"a", 1}, {"c", 3}}));
}

TEST_P(Indexes, DropLeavesNothingAndRenameLeavesAll) {
    make_index_tables();
    commit_one(backend(), by_name, add_pair("a", 1));
    commit_one(backend(), by_mail, add_pair("a", 1));
    {
        const auto writer = write();
        EXPECT_TRUE(writer->drop_table(by_name));
        EXPECT_EQ(error_of([&] { pairs(*writer, by_name); }), "not_found");
        writer->rename_table(by_mail, "moved");
        writer->ensure_table(by_name, TableKind::index);
        writer->ensure_table(by_mail, TableKind::unique_index);
        writer->commit();
    }
    EXPECT_TRUE(committed_pairs(backend(), by_name).empty());
    EXPECT_TRUE(committed_pairs(backend(), by_mail).empty());
    EXPECT_EQ(committed_pairs(backend(), "moved"), (std::vector<Pair>{{"a", 1}}));
    commit_one(backend(), by_mail, add_pair("a", 2));
    const auto writer = write();
    EXPECT_EQ(apply(*writer, "moved", {add_pair("a", 2)}), Outcomes{duplicate_entry}) << "still a unique one";
}

TEST_P(Indexes, SurviveReopening) {
    if (!capabilities().persistent) GTEST_SKIP() << "not persistent";
    make_index_tables();
    {
        const auto writer = write();
        for (const Bytes& key : awkward_keys()) {
            must(*writer, by_name, add_pair(key, 2));
            must(*writer, by_name, add_pair(key, 1));
            must(*writer, by_mail, add_pair(key, 1));
        }
        writer->commit();
    }
    const auto tables = read()->tables();
    const auto names = committed_pairs(backend(), by_name);
    close_and_reopen();
    EXPECT_EQ(read()->tables(), tables);
    EXPECT_EQ(committed_pairs(backend(), by_name), names);
    EXPECT_EQ(keys(backend(), by_mail, {.order = Order::key}), awkward_keys());
    const auto writer = write();
    EXPECT_EQ(apply(*writer, by_mail, {add_pair("a", 2)}), Outcomes{duplicate_entry});
}

}  // namespace sheaf::conformance
