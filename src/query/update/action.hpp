// What an update operator does to the value at one path. A new operator is an Action and a line in the table of
// operators.cpp.
//
// Threads: immutable after parsing.
#pragma once

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
    virtual Value created() const { return {}; }  // only for Missing::create
    // Changes the value that stands at the path. Throws type_mismatch.
    virtual Effect change(Value& value, const Target& target) const = 0;
    // How many encoded bytes one use may add to a document: "$[]" repeats an action for each element.
    virtual std::size_t weight() const { return 0; }
};

using ActionPtr = std::unique_ptr<const Action>;

// "$inc at a.b: message", with MongoDB's number.
[[noreturn]] void refuse(Code code, int mongo, const Target& target, std::string_view message);
// The operator does not work on the value that stands at the path.
[[noreturn]] void refuse_value(int mongo, const Target& target, const Value& value, std::string_view wanted);

}  // namespace sheaf::query
