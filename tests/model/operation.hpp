// Operation: one call of the public interface as data, so that it can be played on the model and on stores, and
// printed. Threads: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <sheaf/collection.hpp>
#include <sheaf/value.hpp>

namespace sheaf::model {

// Operations select documents by _id, by the group g, by both, or all.
struct Selector {
    std::optional<Value> id;
    std::optional<std::int64_t> group;
    Object object() const;
};

// {operator: {field: operand}}
struct Change {
    std::string op;
    std::string field;
    Value operand;
    Object object() const;
};

struct Operation {
    enum class Kind {
        insert_many,
        update_one,
        update_many,
        replace_one,
        delete_one,
        delete_many,
        restore,
        purge,
        find,
        count,
        create,
        drop,
        rename,
    };
    Kind kind = Kind::count;
    std::string collection;
    std::string new_name;  // of a rename
    Selector selector;
    Change change;
    std::vector<Object> documents;  // of insert_many; the first one is replace_one's
    ExpectedVersion expected;
    bool upsert = false;
    bool soft = false;
    bool include_archived = false;  // of find and count

    std::string text() const;
};

class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}
    Operation next();
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
    bool chance(std::size_t percent) { return below(100) < percent; }

private:
    Value id();
    Object document(bool with_id);
    Selector selector();
    Change change();
    ExpectedVersion expected();

    std::mt19937_64 random_;
};

}  // namespace sheaf::model
