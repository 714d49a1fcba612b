// Scratch: the memory in which an evaluation makes its values. Every value of the expression language is a View: into
// the document, into the expression's constants, or into a Scratch. So nothing is decoded, and a result can be stored
// as it stands.
//
// Values live until reset() or the Scratch's end. Threads: one at a time.
//
//     Scratch scratch(limits.expression_bytes);
//     View sum = scratch.integer({5, false});
//     View pair = scratch.array({{sum, document["a"]}});
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <sheaf/bytes.hpp>
#include <sheaf/view.hpp>

namespace sheaf::query {

class Evaluation;

class Scratch {
public:
    // `limit`: bytes of values until limit_exceeded is thrown.
    explicit Scratch(std::size_t limit) : limit_(limit) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    View integer(Integer value);
    View integer(std::int64_t value) { return integer({value, false}); }
    View long_integer(std::int64_t value) { return integer({value, true}); }
    View number(double value);
    View string(std::string_view text);  // REQUIRES: UTF-8
    View datetime(DateTime time);
    View value(const Value& value);
    // Missing elements become null.
    View array(std::span<const View> elements);
    // Members with missing values are left out. REQUIRES: distinct keys.
    View object(std::span<const MemberView> members);
    // An array of `count` elements whose encodings stand in `pieces`, one after the other. Elements that are neighbours
    // in one array are one piece, so that parts of arrays are copied as they stand.
    View joined(std::size_t count, std::span<const BytesView> pieces);
    // A copy of a value that lives elsewhere; missing stays missing.
    View copy(View value);

    // The evaluation that counts the work of making values here; null: none does. Returns the one before.
    Evaluation* count_work_in(Evaluation* evaluation) { return std::exchange(evaluation_, evaluation); }
    void charge(std::size_t steps) {
        if (evaluation_ != nullptr && steps > 0) charge_evaluation(steps);
    }

    std::size_t used() const { return used_; }
    std::size_t left() const { return limit_ - used_; }
    // Throws limit_exceeded when fewer than `size` bytes are left; for what is gathered outside before it is made here.
    void require(std::size_t size) const;
    // Whether a value was made here.
    bool holds(View value) const;
    void reset();
    void reset(std::size_t limit) {
        reset();
        limit_ = limit;
    }

private:
    char* allocate(std::size_t size);
    void charge_evaluation(std::size_t steps);
    View keep(BytesView encoded);

    std::size_t limit_;
    std::size_t used_ = 0;
    std::size_t free_ = 0;  // bytes left in the last block
    char* next_ = nullptr;
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size;
    };
    std::vector<Block> blocks_;
    Evaluation* evaluation_ = nullptr;
    Bytes small_;  // a scalar being encoded
};

// Gathers the elements of an array whose length is not known beforehand. The elements are copied, so that what they
// were made of may go.
class ArrayBuilder {
public:
    explicit ArrayBuilder(Scratch& scratch) : scratch_(scratch) {}

    void add(View element);  // missing becomes null
    void add_encoded(BytesView element);
    std::size_t bytes() const { return elements_.size(); }
    // What may still be added.
    std::size_t left() const { return scratch_.left() - elements_.size(); }
    View finish() const { return scratch_.joined(count_, {{elements_}}); }

private:
    Scratch& scratch_;
    Bytes elements_;
    std::size_t count_ = 0;
};

// Values that need no memory.
View null_value();
View boolean_value(bool value);
View empty_array();
View empty_object();

// Missing and null, which most operators treat alike.
inline bool is_nullish(View value) {
    return !value || value.is_null();
}

}  // namespace sheaf::query
