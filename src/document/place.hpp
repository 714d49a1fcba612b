// Where in a value one is, for messages: a chain of frames on the stack, so that a path costs nothing until it is
// needed.
//
// A Place borrows its parent and its key. Threads: one at a time.
//
//     Place child{.parent = &here, .key = key};
//     child.refuse(Code::invalid_document, "an undefined value");  // "... at address.city"
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sheaf/error.hpp>

namespace sheaf {

struct Place {
    const Place* parent = nullptr;  // null: the top level, which has neither key nor index
    std::string_view key = {};
    std::size_t index = 0;
    bool in_array = false;

    std::string path() const;  // dotted, such as "lines.0.text"; empty at the top level
    [[noreturn]] void refuse(Code code, std::string_view what) const;
};

}  // namespace sheaf
