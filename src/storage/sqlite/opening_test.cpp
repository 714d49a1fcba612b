// What may be opened, what is refused, and how other programs' files and meddling are met.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/test_support.hpp"

namespace sheaf::sqlite {
namespace {

using namespace test;

class Opening : public SqliteTest {
protected:
    static std::string content(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
    static void write_file(const std::string& path, std::string_view bytes) {
        std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    static std::unique_ptr<Backend> open_url(const std::string& url) {
        return open_sqlite(driver::StoreUrl::parse(url));
    }
};

TEST_F(Opening, DurabilityIsDeclaredAsAsked) {
    EXPECT_EQ(open_url("sqlite:" + file_)->capabilities().durability, driver::Durability::durable);
    const auto process = open_url("sqlite:" + file_ + "?durability=process&busy_timeout=0");
    EXPECT_EQ(process->capabilities().durability, driver::Durability::process);
    EXPECT_TRUE(process->capabilities().multi_process);
    EXPECT_TRUE(process->capabilities().persistent);
    EXPECT_FALSE(process->capabilities().concurrent_writers);
}

TEST_F(Opening, WrongUrlsAreRefused) {
    for (const char* parameters : {"?durability=fast", "?durability=", "?busy_timeout=-1", "?busy_timeout=1s",
                                   "?busy_timeout=", "?busy_timeout=99999999999", "?sync=off", "?vfs=unix-none"}) {
        EXPECT_EQ(error_of([&] { open_url("sqlite:" + file_ + parameters); }), "invalid_url") << parameters;
    }
    EXPECT_EQ(error_of([&] { open_url("sqlite:"); }), "invalid_url");
    EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(Opening, NamesThatMeanSomethingToSqliteAreFiles) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(dir_.path(""));
    for (const char* name : {":memory:", "file:x.db?mode=memory", "file::memory:", "a b%20c"}) {
        make_table(*open(name), "t");
        EXPECT_TRUE(std::filesystem::exists(dir_.path(name))) << name;
        EXPECT_EQ(read(*open(name))->tables().size(), 1U) << name;
    }
    std::filesystem::current_path(before);
}

TEST_F(Opening, PlacesWhereNoFileCanBeAreIoErrors) {
    EXPECT_EQ(error_of([&] { open(dir_.path("missing/store.db")); }, "missing/store.db"), "io");
    EXPECT_EQ(error_of([&] { open(dir_.path("")); }), "io");
}

// Root may write everything: these become another user for a while.
class Nobody {
public:
    Nobody() { EXPECT_EQ(::seteuid(was_ == 0 ? 65'534 : was_), 0); }
    ~Nobody() { EXPECT_EQ(::seteuid(was_), 0); }
    Nobody(const Nobody&) = delete;
    Nobody& operator=(const Nobody&) = delete;

private:
    const uid_t was_ = ::geteuid();
};

TEST_F(Opening, ReadOnlyFilesAreIoErrors) {
    make_table(*open(file_), "t");
    ASSERT_EQ(::chmod(file_.c_str(), 0444), 0);
    ASSERT_EQ(::chmod(dir_.path("").c_str(), 0755), 0);
    const Nobody nobody;
    EXPECT_EQ(error_of([&] { open(file_); }, "store.db"), "io");
}

TEST_F(Opening, ReadOnlyFoldersAreIoErrors) {
    make_table(*open(file_), "t");
    ASSERT_EQ(::chmod(file_.c_str(), 0666), 0);
    ASSERT_EQ(::chmod(dir_.path("").c_str(), 0555), 0);
    {
        const Nobody nobody;
        EXPECT_EQ(error_of([&] { open(file_); }, "store.db"), "io");
        EXPECT_EQ(error_of([&] { open(dir_.path("new.db")); }, "new.db"), "io");
    }
    ASSERT_EQ(::chmod(dir_.path("").c_str(), 0700), 0);
}

TEST_F(Opening, AnEmptyFileBecomesAStore) {
    write_file(file_, "");
    make_table(*open(file_), "t");
    Raw raw(file_);
    EXPECT_EQ(raw.ask("PRAGMA application_id"), std::to_string(application_id));
    EXPECT_EQ(raw.ask("PRAGMA user_version"), std::to_string(256 + format_version)) << "one table was made";
    EXPECT_EQ(raw.ask("PRAGMA journal_mode"), "wal");
    EXPECT_EQ(raw.ask("SELECT name, kind, storage, last_rid FROM _sheaf_tables"), "t|documents|t|0");
}

TEST_F(Opening, OtherKindsOfFilesAreCorruptAndLeftAlone) {
    for (const std::string& bytes : {std::string("{\"a\": 1}\n"), std::string(5'000, 'x'), std::string(4'096, '\0')}) {
        write_file(file_, bytes);
        EXPECT_EQ(error_of([&] { open(file_); }, "store.db"), "corrupt");
        EXPECT_EQ(content(file_), bytes);
    }
}

TEST_F(Opening, DatabasesOfOthersAreRefusedAndLeftAlone) {
    for (const char* sql :
         {"CREATE TABLE t(x)", "PRAGMA user_version=3", "PRAGMA application_id=77",
          "CREATE TABLE _sheaf_tables(name, kind, storage)", "PRAGMA encoding='UTF-16'; CREATE TABLE t(x)"}) {
        std::filesystem::remove(file_);
        Raw(file_).run(sql);
        const std::string before = content(file_);
        EXPECT_EQ(error_of([&] { open(file_); }, "store.db"), "unsupported") << sql;
        EXPECT_EQ(content(file_), before) << sql;
    }
}

TEST_F(Opening, NewerFormatsAreRefused) {
    make_table(*open(file_), "t");
    Raw(file_).run("PRAGMA user_version=3");
    EXPECT_EQ(error_of([&] { open(file_); }, "newer sheaf"), "unsupported");
    Raw(file_).run("PRAGMA user_version=0");
    EXPECT_EQ(error_of([&] { open(file_); }), "corrupt");
}

TEST_F(Opening, AFormatThatBecomesNewerWhileTheStoreIsOpenIsNoticed) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    Raw(file_).run("PRAGMA user_version=3");
    EXPECT_EQ(error_of([&] { read(*backend); }), "unsupported");
    EXPECT_EQ(error_of([&] { write(*backend); }), "unsupported");
    Raw(file_).run("PRAGMA user_version=258");
    put_one(*backend, "t", id("a"), "x");
}

TEST_F(Opening, AStoreWithoutItsCatalogIsCorrupt) {
    make_table(*open(file_), "t");
    Raw(file_).run("DROP TABLE _sheaf_tables");
    EXPECT_EQ(error_of([&] { open(file_); }), "corrupt");
}

TEST_F(Opening, DamagedPagesAreCorruptNotMore) {
    {
        const auto backend = open(file_);
        make_table(*backend, "t");
        const auto transaction = write(*backend);
        for (int i = 0; i < 500; ++i) put(*transaction, "t", id(std::to_string(i)), Bytes(200, 'x'));
        transaction->commit();
        backend->close();
    }
    const std::string whole = content(file_);
    for (const char filler : {'\0', '\xFF', '\x0D'}) {
        std::string damaged = whole;
        std::fill(damaged.begin() + 4'096 * 3, damaged.end(), filler);
        write_file(file_, damaged);
        EXPECT_EQ(error_of([&] {
                      const auto backend = open(file_);
                      const auto transaction = read(*backend);
                      driver::RowView row;
                      for (const auto cursor = transaction->scan("t", {}); cursor->next(row);) continue;
                      for (int i = 0; i < 500; ++i) transaction->get("t", id(std::to_string(i)));
                  }),
                  "corrupt");
    }
}

TEST_F(Opening, ATableOfAnotherProgramInTheWayIsNotTouched) {
    const auto backend = open(file_);
    Raw(file_).run("CREATE TABLE notes(x); INSERT INTO notes VALUES(5); CREATE VIEW seen AS SELECT 1");
    EXPECT_EQ(error_of([&] { make_table(*backend, "notes"); }, "table named \"notes\""), "already_exists");
    EXPECT_EQ(error_of([&] { make_table(*backend, "seen"); }, "view named \"seen\""), "already_exists");
    EXPECT_EQ(error_of([&] { make_table(*backend, "_sheaf_tables"); }), "already_exists");
    EXPECT_EQ(error_of([&] { read(*backend)->get("notes", id("a")); }), "not_found");
    EXPECT_FALSE(write(*backend)->drop_table("notes"));
    EXPECT_TRUE(read(*backend)->tables().empty());
    make_table(*backend, "Notes");
    {
        const auto transaction = write(*backend);
        EXPECT_EQ(error_of([&] { transaction->rename_table("Notes", "notes"); }), "already_exists");
        put(*transaction, "Notes", id("a"), "x");
        transaction->commit();
    }
    EXPECT_EQ(Raw(file_).ask("SELECT x FROM notes"), "5");
    EXPECT_EQ(body(*backend, "Notes", id("a")), "x");
}

TEST_F(Opening, WhatOthersPutIntoRowsIsCorruptNotMore) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    put_one(*backend, "t", id("a"), "x");
    Raw(file_).run("INSERT INTO t VALUES(9, 'text', 'not a blob', NULL, 1, 0, 0, 0)");
    EXPECT_EQ(error_of([&] { read(*backend)->get("t", id("text")); }), "corrupt");
    Raw(file_).run("DELETE FROM t WHERE rid=9; INSERT INTO t VALUES(9, 5, x'A0', NULL, 1, 0, 0, 0)");
    const auto transaction = read(*backend);
    const auto cursor = transaction->scan("t", {});
    driver::RowView row;
    ASSERT_TRUE(cursor->next(row));
    EXPECT_EQ(cursor->key(), id("a"));
    ASSERT_TRUE(cursor->next(row));
    EXPECT_EQ(error_of([&] { cursor->key(); }), "corrupt");
    EXPECT_EQ(body(*transaction, "t", id("a")), "x");
}

TEST_F(Opening, TriggersOfOthersDoNotRun) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    Raw(file_).run("CREATE TRIGGER evil AFTER INSERT ON t BEGIN DELETE FROM t; END");
    put_one(*backend, "t", id("a"), "x");
    EXPECT_EQ(body(*backend, "t", id("a")), "x");
}

TEST_F(Opening, ATableThatOthersHaveDroppedIsCorruptNotEmpty) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    put_one(*backend, "t", id("a"), "x");
    EXPECT_EQ(body(*backend, "t", id("a")), "x");
    Raw(file_).run("DROP TABLE t");
    EXPECT_EQ(error_of([&] { read(*backend)->get("t", id("a")); }), "corrupt");
    EXPECT_EQ(error_of([&] { put_one(*backend, "t", id("a"), "x"); }), "corrupt");
}

TEST_F(Opening, ClosingLeavesOneFile) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    put_one(*backend, "t", id("a"), "x");
    EXPECT_TRUE(std::filesystem::exists(file_ + "-wal"));
    backend->close();
    EXPECT_FALSE(std::filesystem::exists(file_ + "-wal"));
    EXPECT_FALSE(std::filesystem::exists(file_ + "-shm"));
    EXPECT_EQ(error_of([&] { read(*backend); }), "closed");
    EXPECT_EQ(error_of([&] { write(*backend); }), "closed");
    EXPECT_EQ(error_of([&] { backend->statistics(); }), "closed");
    EXPECT_EQ(error_of([&] { backend->ping(); }), "closed");
    EXPECT_EQ(error_of([&] { backend->close(); }), "closed");
}

TEST_F(Opening, ClosingWaitsForNoTransactionOfItsOwnThread) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    {
        const auto transaction = read(*backend);
        EXPECT_EQ(error_of([&] { backend->close(); }), "busy");
        EXPECT_EQ(body(*transaction, "t", id("a")), "(none)");
    }
    {
        const auto transaction = write(*backend);
        EXPECT_EQ(error_of([&] { backend->close(); }), "locked");
        put(*transaction, "t", id("a"), "x");
        transaction->commit();
    }
    EXPECT_EQ(body(*backend, "t", id("a")), "x");
    backend->close();
}

TEST_F(Opening, StatisticsSayWhatIsOnTheDisk) {
    const auto backend = open(file_);
    make_table(*backend, "t");
    put_one(*backend, "t", id("a"), Bytes(100'000, 'x'));
    const driver::Statistics statistics = backend->statistics();
    EXPECT_GT(statistics.bytes, 100'000);
    std::map<std::string, std::string> details(statistics.details.begin(), statistics.details.end());
    EXPECT_EQ(details["journal mode"], "wal");
    EXPECT_EQ(details["synchronous"], "NORMAL");
    EXPECT_EQ(details["format version"], "2");
    EXPECT_EQ(details["log bytes"], std::to_string(std::filesystem::file_size(file_ + "-wal")));
}

}  // namespace
}  // namespace sheaf::sqlite
