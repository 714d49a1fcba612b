// What an update operator does to the value at one path. A new operator is an Action and a line in the table of
// operators.cpp.
//
// Threads: immutable after parsing.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <sheaf/error.hpp>
#include <sheaf/value.hpp>
#include <sheaf/view.hpp>

#include "query/settings.hpp"

namespace sheaf::query {

// Operator and path, for messages.
struct Target {
    std::string_view op;
    std::string_view path;
};

// The bytes that one update may still add to a document: "$[]" repeats an action for each element.
class Budget {
public:
    explicit Budget(std::size_t limit) : limit_(limit), left_(limit) {}
    void spend(std::size_t bytes, const Target& target);  // throws limit_exceeded

private:
    std::size_t limit_;
    std::size_t left_;
};

class Action {
public:
    enum class Effect { keep, remove };
    // What to do where nothing stands at the path.
    enum class Missing {
        create,  // make the parents and created()
        ignore,  // nothing, provided that the path could be made
        permit,  // nothing, whatever is in the way
    };

    virtual ~Action() = default;
    virtual Missing missing() const = 0;
    virtual Value created(const Target&, Budget&) const { return {}; }  // only for Missing::create
    // Changes the value that stands at the path. Throws type_mismatch.
    virtual Effect change(Value& value, const Target& target, Budget& budget) const = 0;
};

using ActionPtr = std::unique_ptr<const Action>;

// "$inc at a.b: message", with MongoDB's number.
[[noreturn]] void refuse(Code code, int mongo, const Target& target, std::string_view message);
// The operator does not work on the value that stands at the path.
[[noreturn]] void refuse_value(int mongo, const Target& target, const Value& value, std::string_view wanted);

}  // namespace sheaf::query
