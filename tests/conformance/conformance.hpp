// The conformance suite: what sheaf/driver/backend.hpp says, as tests that any backend can link and run.
//
// A backend brings a Harness and one line:
//
//     class MyHarness : public sheaf::conformance::Harness { ... };
//     SHEAF_CONFORMANCE(myengine, [] { return std::make_unique<MyHarness>(); });
//
// and links the CMake target sheaf_conformance and GTest::gtest_main. The environment variable TEST_DB (names,
// separated by commas; unset or empty: all) chooses the backends that run. The tests of the others, and of what a
// backend's Capabilities do not promise, are skipped and say so.
//
// Threads: each test has a Harness of its own; open_empty() and second_handle() are called by the test's main thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>
#include <sheaf/driver/backend.hpp>

namespace sheaf::conformance {

class Harness {
public:
    virtual ~Harness() = default;
    // A new store without any table.
    virtual std::unique_ptr<driver::Backend> open_empty() = 0;
    // The store of the last open_empty(), whose handles have all been closed or destroyed. For persistent backends.
    virtual std::unique_ptr<driver::Backend> reopen() { return nullptr; }
    // One more handle on the store while others are open, as another process would have it. For multi_process backends.
    virtual std::unique_ptr<driver::Backend> second_handle() { return nullptr; }
    // How long a writer without a deadline waits for another before `busy`; none: the suite does not wait for that.
    virtual std::optional<std::chrono::milliseconds> busy_after() const { return std::nullopt; }
};

struct Subject {
    std::string name;
    std::function<std::unique_ptr<Harness>()> make;
};

inline void PrintTo(const Subject& subject, std::ostream* out) {
    *out << subject.name;
}

std::string name_of_subject(const testing::TestParamInfo<Subject>& info);

class Conformance : public testing::TestWithParam<Subject> {
protected:
    void SetUp() override;
    void TearDown() override;

    driver::Backend& backend() { return *backend_; }
    Harness& harness() { return *harness_; }
    const driver::Capabilities& capabilities() const { return backend_->capabilities(); }

    std::unique_ptr<driver::Transaction> read() { return backend_->begin({.mode = driver::Mode::read, .control = {}}); }
    std::unique_ptr<driver::Transaction> write() {
        return backend_->begin({.mode = driver::Mode::write, .control = {}});
    }
    // A documents and an ordered table, committed.
    void make_tables();
    // A documents table and two indexes of it, a plain and a unique one, committed.
    void make_index_tables();
    // Ends the handle and opens the store again.
    void close_and_reopen();
    // Ends the handle as a program does that forgets to close.
    void drop_and_reopen();

    std::unique_ptr<Harness> harness_;
    std::unique_ptr<driver::Backend> backend_;
};

class Tables : public Conformance {};
class Rows : public Conformance {};
class Keys : public Conformance {};
class Expectations : public Conformance {};
class Batches : public Conformance {};
class Scans : public Conformance {};
class Catalog : public Conformance {};
class Indexes : public Conformance {};
class Entries : public Conformance {};
class Fetching : public Conformance {};
class Counting : public Conformance {};
class Snapshots : public Conformance {};
class Transactions : public Conformance {};
class Waiting : public Conformance {};
class Threads : public Conformance {};
class Closing : public Conformance {};
class Reopening : public Conformance {};
class Handles : public Conformance {};
class Locks : public Conformance {
protected:
    void fill();  // the tables, and rows 1 to 4
    std::unique_ptr<driver::Transaction> operation(const Control& control);
};
class ConcurrentWriters : public Conformance {
protected:
    void SetUp() override;  // the tables, and rows 1 and 2
    std::unique_ptr<driver::Transaction> begin(driver::Isolation isolation);
};
class Changes : public Conformance {
protected:
    void SetUp() override;  // the tables
};
class RandomOperations : public Conformance {};
class RandomIndexes : public Conformance {};

}  // namespace sheaf::conformance

#define SHEAF_CONFORMANCE_TOPIC(backend, topic, make)                                                    \
    namespace sheaf::conformance {                                                                       \
    INSTANTIATE_TEST_SUITE_P(backend, topic, testing::Values(Subject{#backend, make}), name_of_subject); \
    }                                                                                                    \
    static_assert(true)

#define SHEAF_CONFORMANCE(backend, make)                       \
    SHEAF_CONFORMANCE_TOPIC(backend, Tables, make);            \
    SHEAF_CONFORMANCE_TOPIC(backend, Rows, make);              \
    SHEAF_CONFORMANCE_TOPIC(backend, Keys, make);              \
    SHEAF_CONFORMANCE_TOPIC(backend, Expectations, make);      \
    SHEAF_CONFORMANCE_TOPIC(backend, Batches, make);           \
    SHEAF_CONFORMANCE_TOPIC(backend, Scans, make);             \
    SHEAF_CONFORMANCE_TOPIC(backend, Catalog, make);           \
    SHEAF_CONFORMANCE_TOPIC(backend, Indexes, make);           \
    SHEAF_CONFORMANCE_TOPIC(backend, Entries, make);           \
    SHEAF_CONFORMANCE_TOPIC(backend, Fetching, make);          \
    SHEAF_CONFORMANCE_TOPIC(backend, Counting, make);          \
    SHEAF_CONFORMANCE_TOPIC(backend, Snapshots, make);         \
    SHEAF_CONFORMANCE_TOPIC(backend, Transactions, make);      \
    SHEAF_CONFORMANCE_TOPIC(backend, Waiting, make);           \
    SHEAF_CONFORMANCE_TOPIC(backend, Threads, make);           \
    SHEAF_CONFORMANCE_TOPIC(backend, Closing, make);           \
    SHEAF_CONFORMANCE_TOPIC(backend, Reopening, make);         \
    SHEAF_CONFORMANCE_TOPIC(backend, Handles, make);           \
    SHEAF_CONFORMANCE_TOPIC(backend, Locks, make);             \
    SHEAF_CONFORMANCE_TOPIC(backend, ConcurrentWriters, make); \
    SHEAF_CONFORMANCE_TOPIC(backend, Changes, make);           \
    SHEAF_CONFORMANCE_TOPIC(backend, RandomIndexes, make);     \
    SHEAF_CONFORMANCE_TOPIC(backend, RandomOperations, make)
