// play(): one input of the fuzzers, from bytes to broken promises.
//
// An input is lines: what to try, its operand as JSON, and documents to try it on (some usual ones when there are
// none):
//
//     filter                           update | projection | sort | expression | pipeline | command | document
//     {"a": {"$gt": 5}}
//     {"_id": 1, "a": [1, 2, {"b": null}]}
//
// "filter:cbor" and so on: the operand is all bytes after the first line, as CBOR.
//
// What must hold, whatever the bytes: only sheaf::Error comes out, and none that speaks of damage; small Limits hold;
// what is made is encoded as sheaf encodes; a filter and its double negation agree; an update that says what a document
// is to be changes nothing the second time; nothing takes long.
//
// Threads: free functions.
#pragma once

#include <stdexcept>
#include <string_view>

#include <sheaf/limits.hpp>

namespace sheaf::fuzz {

// A promise that was broken.
class Violation : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

enum class Outcome : unsigned char { not_understood, refused, done };  // of the input, the operand, or neither

Outcome play(std::string_view input);

// Small, so that they are met.
const Limits& limits();

}  // namespace sheaf::fuzz
