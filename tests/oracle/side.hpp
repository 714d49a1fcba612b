// Side: one store under comparison, with a clock and random numbers that are the same on every side, so that times and
// generated ids can be compared too.
//
// Threads: one at a time.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <sheaf/collection.hpp>
#include <sheaf/database.hpp>
#include <sheaf/driver/backend.hpp>
#include <sheaf/value.hpp>

#include "oracle/step.hpp"

namespace sheaf::oracle {

class TestClock;
class TestRandom;

class Side {
public:
    explicit Side(std::unique_ptr<driver::Backend> backend, const Limits& limits = {});

    // A collection with these documents and nothing else, all of version 1.
    void reset(const std::vector<Document>& documents);
    Answer play(const Object& step);
    // Begins a step that is not played by play(): a second later, with random numbers from the start.
    void tick();
    // Everything there is, versions and times included, in order.
    Answer contents();
    // The same as documents of a case, versions included.
    std::vector<Value> given();

    Database& database() { return *database_; }
    Collection& collection() { return *collection_; }
    const driver::Capabilities& capabilities() const { return capabilities_; }

private:
    driver::Capabilities capabilities_;
    std::shared_ptr<TestClock> clock_;
    std::shared_ptr<TestRandom> random_;
    std::optional<Database> database_;
    std::optional<Collection> collection_;
};

// What a collection holds, as Side::contents().
Answer contents(Collection& collection);

}  // namespace sheaf::oracle
