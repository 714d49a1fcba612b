// Generated comparison: whatever the grammar makes of documents and operations gives the same answers, errors and
// stored bytes on memory: and on every other backend, and what a naive matcher understands matches as it says.
//
// SHEAF_SEED repeats a run, SHEAF_ORACLE_OPS sets how many comparisons there are, SHEAF_ORACLE_ERRORS=1 prints which
// errors there were. A difference prints as a case, to be pasted into a file of tests/cases.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>

#include <gtest/gtest.h>
#include <sheaf/json.hpp>
#include <sheaf/open.hpp>

#include "document/encoder.hpp"
#include "oracle/documents.hpp"
#include "oracle/grammar.hpp"
#include "oracle/naive.hpp"
#include "oracle/side.hpp"
#include "storage/memory/memory_backend.hpp"
#include "support/backends.hpp"
#include "support/empty_store.hpp"
#include "support/seed.hpp"

namespace sheaf::oracle {

namespace {

using testing_support::environment_number;

constexpr std::uint64_t usual_seed = 0x5eaf'2024;
constexpr std::size_t steps_per_collection = 60;
constexpr std::size_t most_documents = 14;

const Grammar& grammar() {
    static const Grammar made = Grammar::load(Grammar::files_of(SHEAF_SOURCE_DIR "/tests/oracle/grammar"));
    return made;
}

// What no answer may be, however strange the operation was: damage, or bytes that are not as sheaf encodes them.
std::string defects(const Answer& answer) {
    for (const std::string_view name : {"corrupt", "internal", "io"}) {
        if (answer.error == name) return "\nthe answer is the error " + answer.error;
    }
    for (const Bytes& item : answer.items) {
        const View value(item);
        const Bytes again = value.is_object() ? Document::from_cbor(item).cbor() : encode(value.to_value());
        if (again != item) return "\nencoded anew, this differs: " + to_json(value);
    }
    return "";
}

// Without a sort the order, and so what one of several documents a write takes, is the planner's choice, which rests on
// what a backend reckons to hold. Here both take the documents as they were inserted.
Object in_insertion_order(const Object& step) {
    const Value filter = member(step, "filter");
    const Value id = filter.is_object() ? member(filter.as_object(), "_id") : Value();
    const bool names_ids = filter.is_object() && filter.as_object().find("_id") != nullptr &&
                           (!id.is_object() || id.as_object().find("$in") != nullptr);
    Object made = step;
    if (!names_ids) made.set("hint", "$natural");
    return made;
}

// Counts of steps and of the errors among them, by operation.
class Tally {
public:
    void add(const Object& step, const Answer& answer) {
        const std::string op = member(step, "op").as_string();
        ++counts_[op].first;
        if (answer.error.empty()) return;
        ++counts_[op].second;
        ++errors_[op + " " + answer.error + " " + std::to_string(answer.mongo)];
    }

    void print() const {
        std::uint64_t all = 0;
        std::uint64_t failed = 0;
        for (const auto& [op, counts] : counts_) {
            std::cout << "  " << op << ": " << counts.first << ", errors " << counts.second << '\n';
            all += counts.first;
            failed += counts.second;
        }
        std::cout << "  all: " << all << ", errors " << failed << " (" << failed * 100 / std::max<std::uint64_t>(all, 1)
                  << " %)\n";
        if (environment_number("SHEAF_ORACLE_ERRORS", 0) == 0) return;
        for (const auto& [what, count] : errors_) std::cout << "    " << count << " " << what << '\n';
    }

    bool errors_are_few() const {
        std::uint64_t all = 0;
        std::uint64_t failed = 0;
        for (const auto& [op, counts] : counts_) {
            all += counts.first;
            failed += counts.second;
        }
        return failed * 2 < all;
    }

private:
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> counts_;
    std::map<std::string, std::uint64_t> errors_;
};

// One of the stores that are compared with memory:.
struct Other {
    explicit Other(const std::string& backend)
        : name(backend), place(backend), side(default_registry().open(place.url())) {}

    std::string name;
    testing_support::EmptyStore place;  // before the side, which closes first
    Side side;
};

class SideBySide {
public:
    SideBySide(std::uint64_t seed, const std::vector<std::string>& backends) : seed_(seed), dice_(seed) {
        for (const std::string& backend : backends) others_.push_back(std::make_unique<Other>(backend));
    }

    std::uint64_t compared() const { return compared_; }
    const Tally& tally() const { return tally_; }

    // A collection of its own and steps on it. Returns whether all sides agreed on all.
    bool play_collection(std::uint64_t left) {
        reset(make_documents(grammar(), dice_, "document", 3 + dice_.below(8)));
        given_ = memory_.given();
        for (std::size_t i = 0; i < steps_per_collection && i < left; ++i) {
            const Value step = grammar().make("step", dice_);
            Answer answer;
            const std::string faults = compare(step.as_object(), answer);
            ++compared_;
            tally_.add(step.as_object(), answer);
            if (!faults.empty()) return report(step.as_object(), faults);
            if (is_read(step.as_object())) continue;
            given_ = memory_.given();
            if (given_.size() < 3 || given_.size() > most_documents) break;
        }
        return true;
    }

private:
    void reset(const std::vector<Document>& documents) {
        memory_.reset(documents);
        for (const auto& other : others_) other->side.reset(documents);
    }

    // Plays the step; where the sides differ, in answer or contents, and else nothing.
    std::string compare(const Object& given_step, Answer& answer) {
        const Object step = in_insertion_order(given_step);
        answer = memory_.play(step);
        if (const std::string faults = defects(answer); !faults.empty()) return faults;
        for (const auto& other : others_) {
            if (const std::string faults = compare(step, answer, *other); !faults.empty()) return faults;
        }
        return "";
    }

    std::string compare(const Object& step, const Answer& answer, Other& other) {
        const Answer got = other.side.play(step);
        if (got != answer) return "\nthe answers of memory and " + other.name + " differ: " + difference(answer, got);
        if (is_read(step)) return "";
        const Answer before = memory_.contents();
        const Answer after = other.side.contents();
        if (before == after) return "";
        return "\nmemory and " + other.name + " hold different things: " + difference(before, after);
    }

    bool report(const Object& step, const std::string& faults) {
        ADD_FAILURE() << "SHEAF_SEED=" << seed_ << ", comparison " << compared_ << "\n"
                      << as_case(given_, step) << faults << shrunk(step);
        return false;
    }

    // The same with as few documents as show it.
    std::string shrunk(const Object& step) {
        std::vector<Document> documents;
        for (Value& one : given_) {
            one.as_object().erase("_version");
            documents.emplace_back(one.as_object());
        }
        std::string found;
        for (std::size_t i = 0; i < documents.size();) {
            std::vector<Document> fewer = documents;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            reset(fewer);
            Answer answer;
            const std::string faults = compare(step, answer);
            if (faults.empty()) {
                ++i;
            } else {
                documents = std::move(fewer);
                memory_.reset(documents);
                found = "\nwith fewer documents:\n" + as_case(memory_.given(), step) + faults;
            }
        }
        return found;
    }

    std::uint64_t seed_;
    Dice dice_;
    Side memory_{memory::open_memory()};
    std::vector<std::unique_ptr<Other>> others_;
    std::vector<Value> given_;
    std::uint64_t compared_ = 0;
    Tally tally_;
};

// The documents of a naive comparison, on a store and as trees.
class Plain {
public:
    Plain(Side& side, Dice& dice) : side_(side), documents_(make_documents(grammar(), dice, "plain_document", 10)) {
        side_.reset(documents_);
    }

    // The ids that both matchers choose; empty when they agree.
    std::string compare(const Object& filter) {
        Answer expected;
        for (const Document& one : documents_) {
            if (naively_matches(one.to_object(), filter)) expected.items.push_back(one.cbor());
        }
        Answer got;
        const Object step{{"op", "find"}, {"filter", Value(filter)}};
        Cursor cursor = side_.collection().find(Document(filter));
        while (auto record = cursor.next()) got.items.push_back(record->document.cbor());
        if (got == expected) return "";
        return as_case(side_.given(), step) + "\nnaively and really: " + difference(expected, got);
    }

private:
    Side& side_;
    std::vector<Document> documents_;
};

void compare_with(const std::vector<std::string>& backends, std::uint64_t comparisons) {
    if (backends.empty()) GTEST_SKIP() << "TEST_DB leaves them out";
    const std::uint64_t seed = environment_number("SHEAF_SEED", usual_seed);
    std::cout << "SHEAF_SEED=" << seed << '\n';
    SideBySide sides(seed, backends);
    const auto start = std::chrono::steady_clock::now();
    while (sides.compared() < comparisons && sides.play_collection(comparisons - sides.compared())) {
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    std::cout << sides.compared() << " comparisons in " << taken.count() << " s\n";
    sides.tally().print();
    EXPECT_TRUE(sides.tally().errors_are_few()) << "most operations were refused: the comparison says little";
}

}  // namespace

TEST(Oracle, MemoryAndSqliteAgree) {
    compare_with(testing_support::chosen_backends({"sqlite"}), environment_number("SHEAF_ORACLE_OPS", 200'000));
}

TEST(Oracle, MemoryAndPostgresAgreeWithPushdownAndWithout) {
    compare_with(testing_support::chosen_backends({"postgres", "postgres_plain"}),
                 environment_number("SHEAF_ORACLE_OPS", 200'000) / 20);
}

TEST(Oracle, TheMatcherAgreesWithANaiveOne) {
    const std::uint64_t seed = environment_number("SHEAF_SEED", usual_seed);
    const std::uint64_t comparisons = environment_number("SHEAF_ORACLE_OPS", 200'000) / 4;
    std::cout << "SHEAF_SEED=" << seed << '\n';
    Dice dice(seed);
    Side side(memory::open_memory());
    for (std::uint64_t done = 0; done < comparisons;) {
        Plain plain(side, dice);
        for (std::size_t i = 0; i < steps_per_collection; ++i, ++done) {
            const Value filter = grammar().make("plain_filter", dice);
            const std::string difference = plain.compare(filter.as_object());
            ASSERT_EQ(difference, "") << "SHEAF_SEED=" << seed << ", comparison " << done;
        }
    }
    std::cout << comparisons << " filters on 10 documents each\n";
}

}  // namespace sheaf::oracle
