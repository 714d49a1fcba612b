// Pairs that change with a document, in the same apply(): all of it or nothing.
#include <algorithm>

#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

constexpr Outcome done = Outcome::done;
constexpr Outcome mismatch = Outcome::mismatch;
constexpr Outcome duplicate = Outcome::duplicate;
constexpr Outcome duplicate_entry = Outcome::duplicate_entry;

Write insert(BytesView key, BytesView body) {
    return put(key, body, 1, Expect::absent());
}

// Everything that a batch may have changed.
struct State {
    std::vector<Seen> documents;
    std::vector<Pair> names;
    std::vector<Pair> mails;
    bool operator==(const State&) const = default;
};

State state(Transaction& transaction) {
    return {rows(transaction, docs), pairs(transaction, by_name), pairs(transaction, by_mail)};
}

State state(Backend& backend) {
    return state(*backend.begin({}));
}

Bytes ada() {
    return id("ada");
}
Bytes bob() {
    return id("bob");
}
Bytes cyd() {
    return id("cyd");
}

// Two documents, of the rids 1 and 2 or so, with a name and a mail each.
void add_two(Backend& backend) {
    const auto writer = backend.begin({.mode = Mode::write});
    const auto outcomes = apply(*writer, docs,
                                {with(insert(ada(), "1"), {adds(by_name, "n1"), adds(by_mail, "m1")}),
                                 with(insert(bob(), "2"), {adds(by_name, "n2"), adds(by_mail, "m2")})});
    ASSERT_EQ(outcomes, Outcomes(2, done));
    writer->commit();
}

}  // namespace

TEST_P(Entries, ArePairsOfTheNewRow) {
    make_index_tables();
    const auto writer = write();
    EXPECT_EQ(apply(*writer, docs,
                    {with(insert(ada(), "1"), {adds(by_name, "x"), adds(by_name, "y"), adds(by_mail, "x")}),
                     with(insert(bob(), "2"), {adds(by_name, "x"), adds(by_mail, "y")}), insert(cyd(), "3")}),
              Outcomes(3, done));
    const std::int64_t a = rid_of(*writer, ada());
    const std::int64_t b = rid_of(*writer, bob());
    EXPECT_LT(a, b);
    EXPECT_EQ(pairs(*writer, by_name), (std::vector<Pair>{{"x", a}, {"x", b}, {"y", a}}));
    EXPECT_EQ(pairs(*writer, by_mail), (std::vector<Pair>{{"x", a}, {"y", b}}));
    writer->commit();
    EXPECT_EQ(state(backend()).names.size(), 3U);
}

TEST_P(Entries, MoveWithAReplacementAndGoWithARemoval) {
    make_index_tables();
    add_two(backend());
    const auto writer = write();
    const std::int64_t a = rid_of(*writer, ada());
    const std::int64_t b = rid_of(*writer, bob());
    EXPECT_EQ(apply(*writer, docs,
                    {with(put(ada(), "new", 2, version(1)), a,
                          {removes(by_name, "n1"), removes(by_mail, "m1"), adds(by_name, "n9"), adds(by_mail, "m9")})}),
              Outcomes{done});
    EXPECT_EQ(rid_of(*writer, ada()), a);
    EXPECT_EQ(pairs(*writer, by_name), (std::vector<Pair>{{"n2", b}, {"n9", a}}));
    EXPECT_EQ(pairs(*writer, by_mail), (std::vector<Pair>{{"m2", b}, {"m9", a}}));
    EXPECT_EQ(
        apply(*writer, docs, {with(remove(ada(), version(2)), a, {removes(by_name, "n9"), removes(by_mail, "m9")})}),
        Outcomes{done});
    EXPECT_EQ(pairs(*writer, by_name), (std::vector<Pair>{{"n2", b}}));
    EXPECT_EQ(pairs(*writer, by_mail), (std::vector<Pair>{{"m2", b}}));
    EXPECT_EQ(rid_of(*writer, ada()), 0);
    // A document that returns has another rid.
    EXPECT_EQ(apply(*writer, docs, {with(insert(ada(), "again"), {adds(by_mail, "m1")})}), Outcomes{done});
    EXPECT_EQ(pairs(*writer, by_mail), (std::vector<Pair>{{"m1", rid_of(*writer, ada())}, {"m2", b}}));
    EXPECT_GT(rid_of(*writer, ada()), b);
}

TEST_P(Entries, AddingWhatIsThereAndRemovingWhatIsNotIsDone) {
    make_index_tables();
    add_two(backend());
    const auto before = state(backend());
    const auto writer = write();
    EXPECT_EQ(
        apply(*writer, docs,
              {with(put(ada(), "1", 1, version(1)), rid_of(*writer, ada()),
                    {removes(by_name, "nowhere"), removes(by_mail, "m2"), adds(by_name, "n1"), adds(by_mail, "m1")})}),
        Outcomes{done});
    EXPECT_EQ(state(*writer), before) << "m2 is bob's";
}

TEST_P(Entries, ADuplicateLeavesEverythingAsItWas) {
    make_index_tables();
    add_two(backend());
    const auto before = state(backend());
    const auto writer = write();
    const std::int64_t a = rid_of(*writer, ada());
    const std::int64_t b = rid_of(*writer, bob());
    EXPECT_EQ(until_failure(apply(*writer, docs,
                                  {with(insert(cyd(), "3"), {adds(by_name, "n3"), adds(by_mail, "m3")}),
                                   with(put(ada(), "new", 2, version(1)), a,
                                        {removes(by_name, "n1"), removes(by_mail, "m1"), adds(by_mail, "m4")}),
                                   with(remove(bob(), version(1)), b, {removes(by_name, "n2")}),
                                   with(insert(id("dee"), "4"), {adds(by_name, "n5"), adds(by_mail, "m2")}),
                                   with(insert(id("eve"), "5"), {adds(by_mail, "m6")})}),
                            5),
              (Outcomes{done, done, done, duplicate_entry}));
    EXPECT_EQ(state(*writer), before);
    EXPECT_EQ(until_failure(apply(*writer, docs, {with(insert(cyd(), "3"), {adds(by_mail, "m1")})}), 1),
              Outcomes{duplicate_entry});
    EXPECT_EQ(state(*writer), before);
    // The transaction goes on.
    EXPECT_EQ(apply(*writer, docs, {with(insert(cyd(), "3"), {adds(by_name, "n1"), adds(by_mail, "m3")})}),
              Outcomes{done});
    writer->commit();
    const auto after = state(backend());
    EXPECT_EQ(after.documents.size(), 3U);
    EXPECT_EQ(after.names.size(), 3U);
    EXPECT_EQ(after.mails.back(), Pair("m3", after.documents.back().meta.rid));
}

TEST_P(Entries, OfAWriteThatIsRefusedAreNotWritten) {
    make_index_tables();
    add_two(backend());
    const auto before = state(backend());
    const auto writer = write();
    const std::int64_t a = rid_of(*writer, ada());
    EXPECT_EQ(apply(*writer, docs, {with(insert(ada(), "x"), {adds(by_name, "x"), adds(by_mail, "x")})}),
              Outcomes{duplicate});
    EXPECT_EQ(apply(*writer, docs, {with(put(ada(), "x", 9, version(8)), a, {removes(by_name, "n1")})}),
              Outcomes{mismatch});
    EXPECT_EQ(apply(*writer, docs, {with(remove(cyd(), version(1)), 77, {removes(by_name, "n1")})}),
              Outcomes{mismatch});
    EXPECT_EQ(until_failure(apply(*writer, docs,
                                  {with(insert(cyd(), "3"), {adds(by_name, "n3"), adds(by_mail, "m3")}),
                                   with(remove(ada(), version(5)), a, {removes(by_mail, "m1")})}),
                            2),
              (Outcomes{done, mismatch}));
    EXPECT_EQ(state(*writer), before);
}

TEST_P(Entries, AKeyThatAnEarlierWriteHasFreedMayBeTaken) {
    make_index_tables();
    add_two(backend());
    const auto writer = write();
    const std::int64_t a = rid_of(*writer, ada());
    const std::int64_t b = rid_of(*writer, bob());
    // Two documents change places, one stepping aside.
    EXPECT_EQ(apply(*writer, docs,
                    {with(put(ada(), "1", 2, version(1)), a, {removes(by_mail, "m1"), adds(by_mail, "aside")}),
                     with(put(bob(), "2", 2, version(1)), b, {removes(by_mail, "m2"), adds(by_mail, "m1")}),
                     with(put(ada(), "1", 3, version(2)), a, {removes(by_mail, "aside"), adds(by_mail, "m2")})}),
              Outcomes(3, done));
    EXPECT_EQ(pairs(*writer, by_mail), (std::vector<Pair>{{"m1", b}, {"m2", a}}));
    EXPECT_EQ(apply(*writer, docs,
                    {with(remove(bob(), version(2)), b, {removes(by_name, "n2"), removes(by_mail, "m1")}),
                     with(insert(bob(), "new"), {adds(by_name, "n2"), adds(by_mail, "m1")})}),
              Outcomes(2, done));
    EXPECT_EQ(pairs(*writer, by_mail), (std::vector<Pair>{{"m1", rid_of(*writer, bob())}, {"m2", a}}));
    EXPECT_EQ(pairs(*writer, by_name), (std::vector<Pair>{{"n1", a}, {"n2", rid_of(*writer, bob())}}));
}

TEST_P(Entries, OfOneBatchMayBeInEachOthersWay) {
    make_index_tables();
    const auto writer = write();
    EXPECT_EQ(until_failure(apply(*writer, docs,
                                  {with(insert(ada(), "1"), {adds(by_name, "n"), adds(by_mail, "same")}),
                                   with(insert(bob(), "2"), {adds(by_name, "n"), adds(by_mail, "same")})}),
                            2),
              (Outcomes{done, duplicate_entry}));
    EXPECT_EQ(state(*writer), State());
    EXPECT_EQ(apply(*writer, docs, {with(insert(ada(), "1"), {adds(by_mail, "same"), adds(by_mail, "same")})}),
              Outcomes{done});
    EXPECT_EQ(pairs(*writer, by_mail).size(), 1U);
}

TEST_P(Entries, AddedAndRemovedInOneBatchAreAsTheLastOneSays) {
    make_index_tables();
    const auto writer = write();
    EXPECT_EQ(apply(*writer, docs, {with(insert(ada(), "1"), {adds(by_name, "x"), adds(by_mail, "x")})}),
              Outcomes{done});
    const std::int64_t a = rid_of(*writer, ada());
    for (int round = 0; round < 2; ++round) {
        const std::int64_t now = 1 + 2 * round;
        EXPECT_EQ(apply(*writer, docs,
                        {with(put(ada(), "2", now + 1, version(now)), a,
                              {removes(by_name, "x"), removes(by_mail, "x"), adds(by_name, "y"), adds(by_mail, "y")}),
                         with(put(ada(), "1", now + 2, version(now + 1)), a,
                              {removes(by_name, "y"), removes(by_mail, "y"), adds(by_name, "x"), adds(by_mail, "x")})}),
                  Outcomes(2, done));
        EXPECT_EQ(pairs(*writer, by_name), (std::vector<Pair>{{"x", a}}));
        EXPECT_EQ(pairs(*writer, by_mail), (std::vector<Pair>{{"x", a}}));
    }
}

TEST_P(Entries, ManyInABatch) {
    make_index_tables();
    constexpr int count = 1'000;
    std::vector<Bytes> owned;
    std::vector<IndexEntry> entries;
    std::vector<Write> writes;
    owned.reserve(3 * count);
    entries.reserve(3 * count);
    for (int i = 0; i < count; ++i) {
        owned.push_back(id(i));
        owned.push_back(id(i % 10));
        owned.push_back(id(count - i));
    }
    for (std::size_t i = 0; i < count; ++i) {
        entries.push_back(adds(by_name, owned[3 * i + 1]));
        entries.push_back(adds(by_name, owned[3 * i + 2]));
        entries.push_back(adds(by_mail, owned[3 * i + 2]));
        writes.push_back(insert(owned[3 * i], "body"));
        writes.back().entries = std::span(entries).subspan(3 * i, 3);
    }
    const auto writer = write();
    ASSERT_EQ(writer->apply(docs, writes), Outcomes(count, done));
    EXPECT_EQ(rows(*writer, docs).size(), 1'000U);
    EXPECT_EQ(pairs(*writer, by_mail).size(), 1'000U);
    EXPECT_EQ(pairs(*writer, by_name).size(), 1'999U);  // document 995 has the key 5 twice
    EXPECT_EQ(pairs(*writer, by_mail).front().second, rid_of(*writer, id(count - 1)));
}

TEST_P(Entries, RollBackWithTheirDocuments) {
    make_index_tables();
    add_two(backend());
    const auto before = state(backend());
    {
        const auto writer = write();
        const std::int64_t a = rid_of(*writer, ada());
        apply(*writer, docs,
              {with(put(ada(), "x", 2, version(1)), a, {removes(by_name, "n1"), adds(by_name, "n7")}),
               with(insert(cyd(), "3"), {adds(by_mail, "m3")})});
        EXPECT_NE(state(*writer), before);
        writer->drop_table(by_mail);
    }
    EXPECT_EQ(state(backend()), before);
    const auto writer = write();
    EXPECT_EQ(apply(*writer, docs, {with(insert(cyd(), "3"), {adds(by_mail, "m2")})}), Outcomes{duplicate_entry});
    EXPECT_EQ(apply(*writer, docs, {with(insert(cyd(), "3"), {adds(by_mail, "m3")})}), Outcomes{done});
}

TEST_P(Entries, AreSeenByOthersAtCommitOnly) {
    make_index_tables();
    add_two(backend());
    const auto before = state(backend());
    const auto snapshot = read();
    const auto writer = write();
    ASSERT_EQ(apply(*writer, docs, {with(insert(cyd(), "3"), {adds(by_name, "n3"), adds(by_mail, "m3")})}),
              Outcomes{done});
    EXPECT_EQ(in_thread([&] { return state(backend()); }), before);
    const State own = state(*writer);
    writer->commit();
    EXPECT_EQ(state(*snapshot), before);
    EXPECT_EQ(state(backend()), own);
}

TEST_P(Entries, InMissingOrUnsuitableTablesAreRefused) {
    make_index_tables();
    {
        const auto writer = write();
        writer->ensure_table("ordered", TableKind::ordered);
        writer->commit();
    }
    const auto error = [&](const Write& one, std::string_view table) {
        const auto writer = write();
        return error_of([&] { apply(*writer, table, {one}); });
    };
    EXPECT_EQ(error(with(insert(ada(), "1"), {adds("nowhere", "x")}), docs), "not_found");
    EXPECT_NE(error(with(insert(ada(), "1"), {adds(docs, "x")}), docs), "nothing");
    EXPECT_NE(error(with(insert(ada(), "1"), {adds("ordered", "x")}), docs), "nothing");
    EXPECT_NE(error(with(put("k", "1"), {adds(by_name, "x")}), "ordered"), "nothing");
    EXPECT_NE(error(with(add_pair("k", 1), {adds(by_name, "x")}), by_mail), "nothing");
    EXPECT_NE(error(with(put(ada(), "1"), {adds(by_name, "x")}), docs), "nothing") << "of any row";
    EXPECT_EQ(state(backend()), State());
}

TEST_P(Entries, FollowTheirTablesThroughARename) {
    make_index_tables();
    add_two(backend());
    const auto writer = write();
    writer->rename_table(by_mail, "mails");
    writer->rename_table(docs, "people");
    EXPECT_EQ(apply(*writer, "people", {with(insert(cyd(), "3"), {adds("mails", "m1")})}), Outcomes{duplicate_entry});
    EXPECT_EQ(apply(*writer, "people", {with(insert(cyd(), "3"), {adds("mails", "m3")})}), Outcomes{done});
    EXPECT_EQ(pairs(*writer, "mails").size(), 3U);
}

TEST_P(Entries, SurviveReopening) {
    if (!capabilities().persistent) GTEST_SKIP() << "not persistent";
    make_index_tables();
    add_two(backend());
    const auto before = state(backend());
    drop_and_reopen();
    EXPECT_EQ(state(backend()), before);
}

}  // namespace sheaf::conformance
