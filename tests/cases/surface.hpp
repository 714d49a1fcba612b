// Surface: a way to reach sheaf, on which cases are played: the C++ interface on a backend, or the command line.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/value.hpp>

#include "cases/case.hpp"

namespace sheaf::cases {

// A document as a surface shows it, the system fields taken out.
struct Found {
    Document document;
    std::optional<std::int64_t> version;
    bool archived = false;
};

struct Result {
    std::string error;  // the code's name; empty: it was done
    std::string message;
    std::optional<std::int64_t> actual_version;
    std::vector<Found> documents;                              // of a find
    std::vector<std::pair<std::string, std::int64_t>> counts;  // "matched", "modified", ... as in a case's expect
    std::optional<Value> upserted;
    std::optional<Value> values;    // of distinct: an array
    std::optional<Value> returned;  // of find_one_and_...: a document or null
};

class Surface {
public:
    virtual ~Surface() = default;
    virtual bool can_play(const Case& one) const = 0;
    // Begins a case: a new collection with these documents.
    virtual void begin(const std::vector<Object>& given) = 0;
    virtual Result play(const Object& step) = 0;
    // What the collection holds, in insertion order, archived documents included.
    virtual std::vector<Found> contents() = 0;
    // Whether documents come back exactly (as bytes), or as relaxed JSON, which does not tell an int from a small long.
    virtual bool is_exact() const = 0;
};

std::unique_ptr<Surface> api_surface(const std::string& url);
// With a SQLite file for each case, or on the store at `url`, emptied before each.
std::unique_ptr<Surface> command_line_surface(const std::string& program, const std::string& url = "");

}  // namespace sheaf::cases
