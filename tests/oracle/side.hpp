// Side: one store under comparison, with a clock and random numbers that are the same on every side, so that times and
// generated ids can be compared too. play() does one step, as an object of the form that tests/cases/case.hpp
// describes, with a few operations and members more:
//
//     {"op": "find", "filter": {...}, "sort": {...}, "project": {...}, "skip": 1, "limit": 2, "let": {...}}
//     {"op": "update_one", "filter": {...}, "update": {...} or [...], "array_filters": [...], "upsert": true}
//     {"op": "find_one_and_update", ..., "return": "before" or "after"}    find_one_and_replace, find_one_and_delete
//     {"op": "distinct", "path": "a.b", "filter": {...}}                  {"op": "aggregate", "pipeline": [...]}
//
// Threads: one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/collection.hpp>
#include <sheaf/database.hpp>
#include <sheaf/driver/backend.hpp>
#include <sheaf/value.hpp>

namespace sheaf::oracle {

// What a step answered, comparable byte for byte.
struct Answer {
    std::string error{};         // the code's name; empty: it was done
    int mongo = 0;               // with it
    std::vector<Bytes> items{};  // encoded values: results, counts, images

    bool operator==(const Answer&) const = default;
};

// Where two answers differ, for a message.
std::string difference(const Answer& a, const Answer& b);

// A member, or null when there is none.
Value member(const Object& object, std::string_view key);
// Whether the step leaves the documents as they are.
bool is_read(const Object& step);

class TestClock;

class Side {
public:
    explicit Side(std::unique_ptr<driver::Backend> backend, const Limits& limits = {});

    // A collection with these documents and nothing else, all of version 1.
    void reset(const std::vector<Document>& documents);
    Answer play(const Object& step);
    // Everything there is, versions and times included, in order.
    Answer contents();
    // The same as documents of a case, versions included.
    std::vector<Value> given();

    Collection& collection() { return *collection_; }

private:
    Answer do_step(const Object& step, std::string_view op);

    std::shared_ptr<TestClock> clock_;
    std::optional<Database> database_;
    std::optional<Collection> collection_;
};

}  // namespace sheaf::oracle
