#include "oracle/side.hpp"

#include "base/clock.hpp"
#include "document/encoder.hpp"
#include "engine/store.hpp"

namespace sheaf::oracle {

// Moves with each step that is played and never within one: how often it is read must not matter.
class TestClock final : public Clock {
public:
    DateTime now() override { return now_; }
    void move() { now_.ms += 1'000; }

private:
    DateTime now_{1'700'000'000'000};
};

// The same for each step: what an earlier one has used must not matter either.
class TestRandom final : public Random {
public:
    void fill(std::span<unsigned char> bytes) override {
        for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(next_++ * 167U);
    }
    void start_again() { next_ = 1; }

private:
    std::uint32_t next_ = 1;
};

Side::Side(std::unique_ptr<driver::Backend> backend, const Limits& limits)
    : capabilities_(backend->capabilities()),
      clock_(std::make_shared<TestClock>()),
      random_(std::make_shared<TestRandom>()) {
    database_ = make_database(std::make_shared<engine::Store>(std::move(backend), limits, clock_, random_));
    collection_ = database_->collection("c");
}

void Side::tick() {
    clock_->move();
    random_->start_again();
}

void Side::reset(const std::vector<Document>& documents) {
    tick();
    collection_->delete_many({});
    collection_->insert_many(documents);
}

Answer Side::play(const Object& step) {
    tick();
    return oracle::play(*collection_, step);
}

Answer Side::contents() {
    return oracle::contents(*collection_);
}

Answer contents(Collection& collection) {
    Answer answer;
    FindOptions options;
    options.archived = Archived::include;
    Cursor cursor = collection.find({}, options);
    while (auto record = cursor.next()) {
        answer.items.push_back(record->document.cbor());
        const Value system =
            Value::array({record->version.value, record->created, record->updated, Value(record->archived)});
        answer.items.push_back(encode(system));
    }
    return answer;
}

std::vector<Value> Side::given() {
    std::vector<Value> made;
    Cursor cursor = collection_->find({}, {});
    while (auto record = cursor.next()) {
        Object one = record->document.to_object();
        one.append("_version", record->version.value);
        made.emplace_back(std::move(one));
    }
    return made;
}

}  // namespace sheaf::oracle
