// FieldReader: the value at a path of documents. FieldTally: what an aggregate has gathered so far.
//
// Threads: one at a time. Lifetime: what a FieldReader returns is borrowed from the document, or, of a system field,
// from the reader until the next call.
//
//     FieldReader reader("amount", limits);
//     FieldTally tally;
//     tally.add(Aggregate::sum, reader.value(subject));
//     Value total = tally.result({Aggregate::sum, "amount"});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/group.hpp>
#include <sheaf/limits.hpp>

#include "document/path.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/subject.hpp"

namespace sheaf::engine {

class FieldReader {
public:
    // Throws invalid_argument for a path that is empty or has a part that begins with $; limit_exceeded.
    FieldReader(std::string_view path, const Limits& limits);
    View value(const query::Subject& subject);
    // The path for a backend's own engine; nothing where there is none (query/lowered_path.hpp), and of a system field.
    std::optional<std::vector<std::string>> lowered_path() const;

private:
    Path path_;
    query::SystemField system_;
    Bytes system_value_{};
};

class FieldTally {
public:
    // `value` may be missing. Returns how many bytes it takes more than before.
    std::size_t add(Aggregate op, View value);
    void add_documents(std::int64_t count) { count_ += count; }
    // Throws limit_exceeded for a sum of integers beyond int64.
    Value result(const FieldAggregate& aggregate) const;

private:
    void add_number(View value);
    void add_integer(std::int64_t value);
    std::size_t keep_if(bool smaller, View value);
    Value sum(const std::string& field) const;
    Value average() const;
    query::Summation total() const;

    std::int64_t count_ = 0;  // of values, or documents
    std::int64_t whole_ = 0;  // the sum of integers, but for what has gone to rest_
    bool has_rest_ = false;
    bool has_doubles_ = false;
    query::Summation rest_;  // of doubles, and of integers that were too many for whole_
    Bytes kept_;             // the encoded minimum or maximum; empty: none yet
};

}  // namespace sheaf::engine
