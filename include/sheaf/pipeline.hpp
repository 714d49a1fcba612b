// Pipeline: the stages of an aggregation, or the steps of a pipeline update.
//
// Threads: an immutable value; copies are independent.
//
//     using namespace sheaf::literals;
//     Pipeline cities = R"([{"$group": {"_id": "$city", "people": {"$sum": 1}}}, {"$sort": {"people": -1}}])"_pipeline;
//     Pipeline same({R"({"$group": {"_id": "$city"}})"_json, R"({"$sort": {"_id": 1}})"_json});
#pragma once

#include <string_view>
#include <vector>

#include <sheaf/bytes.hpp>
#include <sheaf/document.hpp>

namespace sheaf {

class Pipeline {
public:
    Pipeline();  // no stages: every document as it is
    explicit Pipeline(const std::vector<Document>& stages);
    // An array of objects. Throws invalid_json, invalid_argument (something else), limit_exceeded.
    static Pipeline from_json(std::string_view text, const Limits& limits = {});

    View view() const { return View(bytes_); }  // an array of objects
    std::size_t size() const { return view().size(); }

    bool operator==(const Pipeline&) const = default;

private:
    Bytes bytes_;
};

inline namespace literals {
Pipeline operator""_pipeline(const char* text, std::size_t size);
}

}  // namespace sheaf
