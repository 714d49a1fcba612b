// Pair: two stores of one backend with the same documents, one with indexes and one without. Each step is played on
// both, and has to give the same answer; after it the indexes are looked at.
//
// Threads: one at a time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <sheaf/database.hpp>
#include <sheaf/driver/backend.hpp>
#include <sheaf/error.hpp>
#include <sheaf/value.hpp>

#include "indexes/index_model.hpp"
#include "oracle/side.hpp"

namespace sheaf::indexes {

// How often what happened, so that a run in which nothing happens shows.
using Tally = std::map<std::string, std::uint64_t>;

class Pair {
public:
    using MakeBackend = std::function<std::unique_ptr<driver::Backend>()>;
    Pair(const MakeBackend& make, Tally& tally);

    // Plays a step as the grammar makes it. What is wrong then, or nothing.
    std::string play(const Object& generated);
    std::int64_t documents();

private:
    // Where a step is played: in the stores as they are, or in a transaction of each.
    struct Place {
        Collection plain;
        Collection indexed;
        bool in_transaction = false;
        bool over = false;  // the transaction can only be rolled back
    };

    std::string play_at(Place& place, const Object& generated);
    std::string play_read(Place& place, const Object& step);
    std::string play_change(Place& place, const Object& step);
    std::string play_read_by(const std::string& hint, Place& place, const Object& step, const oracle::Answer& expected);
    std::string play_explained(Place& place, const Object& step, const oracle::Answer& found);
    std::string play_write(Place& place, const Object& step);
    std::string judge_write(Place& place, const Object& step, const oracle::Answer& expected, const Ruling& ruling,
                            bool& stands);
    std::string create_index(Place& place, const Object& step);
    std::string ensure_index(Place& place, const Object& step);
    std::string make_index(Place& place, ModelIndex index, const std::function<void()>& make);
    bool is_too_late(const Place& place, const Error& error) const;
    std::string drop_index(Place& place, const Object& step);
    std::string drop_stale(Place& place, const Object& step);
    std::string play_transaction(const Object& step);
    std::string rename();
    std::string drop();

    std::string check(const Place& place);
    std::string check_index(const Place& place, const ModelIndex& wanted, const IndexInfo& info);

    Place stores();
    void tick();
    void count_plan(const Explanation& how);
    void count(const std::string& what) { ++tally_[what]; }
    // The index with a generated number, or null: none.
    const ModelIndex* numbered(const Value& number) const;

    oracle::Side plain_;
    oracle::Side indexed_;
    IndexModel model_;
    Tally& tally_;
};

}  // namespace sheaf::indexes
