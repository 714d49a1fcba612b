// What a write expects of the row that it meets: mismatch and duplicate are outcomes, not errors.
#include "conformance/conformance.hpp"
#include "conformance/helpers.hpp"

namespace sheaf::conformance {

namespace {

constexpr Outcome done = Outcome::done;
constexpr Outcome mismatch = Outcome::mismatch;
constexpr Outcome duplicate = Outcome::duplicate;

}  // namespace

TEST_P(Expectations, AnyAlwaysWrites) {
    make_tables();
    const auto transaction = write();
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "new", 1)}), Outcomes{done});
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "replaced", 9)}), Outcomes{done});
    EXPECT_EQ(body(*transaction, docs, id(1)), "replaced");
    EXPECT_EQ(apply(*transaction, docs, {remove(id(1))}), Outcomes{done});
    EXPECT_EQ(apply(*transaction, docs, {remove(id(1))}), Outcomes{done}) << "removing a missing key";
    EXPECT_EQ(apply(*transaction, index, {put("k", "new"), put("k", "replaced"), remove("k"), remove("k")}),
              Outcomes(4, done));
}

TEST_P(Expectations, AbsentWritesNewKeysOnly) {
    make_tables();
    const auto transaction = write();
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "first", 1, Expect::absent())}), Outcomes{done});
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "second", 1, Expect::absent())}), Outcomes{duplicate});
    EXPECT_EQ(body(*transaction, docs, id(1)), "first");
    EXPECT_EQ(apply(*transaction, index, {put("k", "first", 1, Expect::absent())}), Outcomes{done});
    EXPECT_EQ(apply(*transaction, index, {put("k", "second", 1, Expect::absent())}), Outcomes{duplicate});
    EXPECT_EQ(body(*transaction, index, "k"), "first");
}

TEST_P(Expectations, AbsentSeesArchivedRowsAsPresent) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "archived", 2));
    ASSERT_TRUE(read()->get(docs, id(1))->meta.archived);
    EXPECT_EQ(apply(*write(), docs, {put(id(1), "x", 1, Expect::absent())}), Outcomes{duplicate});
}

TEST_P(Expectations, VersionMustBeTheRowsOwn) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "old", 4));
    const auto transaction = write();
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "x", 5, version(3))}), Outcomes{mismatch});
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "x", 5, version(5))}), Outcomes{mismatch});
    EXPECT_EQ(apply(*transaction, docs, {remove(id(1), version(5))}), Outcomes{mismatch});
    EXPECT_EQ(body(*transaction, docs, id(1)), "old");
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "new", 5, version(4))}), Outcomes{done});
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "x", 6, version(4))}), Outcomes{mismatch})
        << "its own earlier write";
    EXPECT_EQ(body(*transaction, docs, id(1)), "new");
    EXPECT_EQ(apply(*transaction, docs, {remove(id(1), version(5))}), Outcomes{done});
    EXPECT_EQ(body(*transaction, docs, id(1)), "(none)");
}

TEST_P(Expectations, VersionOfAMissingRowIsAMismatch) {
    make_tables();
    const auto transaction = write();
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "x", 2, version(1))}), Outcomes{mismatch});
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "x", 2, version(0))}), Outcomes{mismatch});
    EXPECT_EQ(apply(*transaction, docs, {remove(id(1), version(1))}), Outcomes{mismatch});
    EXPECT_TRUE(rows(*transaction, docs).empty());
}

TEST_P(Expectations, VersionsOf64BitsAreCompared) {
    make_tables();
    constexpr std::int64_t large = (std::int64_t{1} << 53) + 1;
    commit_one(backend(), docs, put(id(1), "old", large));
    const auto transaction = write();
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "x", 1, version(large - 1))}), Outcomes{mismatch});
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "new", large + 1, version(large))}), Outcomes{done});
}

TEST_P(Expectations, VersionMayStayOrFall) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "old", 4));
    const auto transaction = write();
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "same", 4, version(4))}), Outcomes{done});
    EXPECT_EQ(apply(*transaction, docs, {put(id(1), "lower", 1, version(4))}), Outcomes{done});
    EXPECT_EQ(transaction->get(docs, id(1))->meta.version, Version{1});
}

TEST_P(Expectations, HoldAcrossCommits) {
    make_tables();
    commit_one(backend(), docs, put(id(1), "1", 1, Expect::absent()));
    commit_one(backend(), docs, put(id(1), "2", 2, version(1)));
    commit_one(backend(), docs, put(id(1), "3", 3, version(2)));
    EXPECT_EQ(apply(*write(), docs, {put(id(1), "x", 3, version(2))}), Outcomes{mismatch});
    commit_one(backend(), docs, remove(id(1), version(3)));
    EXPECT_EQ(apply(*write(), docs, {remove(id(1), version(3))}), Outcomes{mismatch});
    commit_one(backend(), docs, put(id(1), "again", 1, Expect::absent()));
}

}  // namespace sheaf::conformance
