// Replies: documents that are built member by member, errors as MongoDB reports them, and the names of its error
// numbers.
//
// Threads: a builder serves one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sheaf/bytes.hpp>
#include <sheaf/document.hpp>
#include <sheaf/error.hpp>

#include "document/encoder.hpp"

namespace sheaf::commands {

class ArrayBuilder {
public:
    void add(BytesView encoded) { elements_.append(encoded), ++count_; }
    std::size_t size() const { return count_; }
    std::size_t bytes() const { return elements_.size(); }
    Bytes finish() const;

private:
    Bytes elements_;
    std::size_t count_ = 0;
};

class ObjectBuilder {
public:
    ObjectBuilder& add(std::string_view key, const Value& value);
    ObjectBuilder& add_encoded(std::string_view key, BytesView encoded);
    Bytes finish() const;
    // {..., "ok": 1.0}
    Document reply();

private:
    Bytes members_;
    std::size_t count_ = 0;
};

// {"ok": 0.0, "errmsg": ..., "code": ..., "codeName": ...}
Document error_reply(const Error& error);
// Adds errmsg, code and codeName; and of a duplicate key keyPattern and keyValue.
void add_error(ObjectBuilder& object, const Error& error);

// "DuplicateKey" for 11000; "Location40415" for numbers that MongoDB gives no name.
std::string code_name(int code);

}  // namespace sheaf::commands
