// Plain aggregates: count, sum, average, minimum and maximum over a field, for all matching documents or for groups of
// them; simpler and faster than a pipeline. docs/reference/grouping.md has the rules with examples.
//
//     Value total = orders.aggregate(Aggregate::sum, "amount");
//     const std::vector<std::string> fields{"status"};
//     const std::vector<FieldAggregate> aggregates{{Aggregate::count}, {Aggregate::avg, "amount"}};
//     for (const Group& group : orders.group_by(fields, aggregates))
//         std::cout << to_document(group, fields, aggregates).to_json() << '\n';
//         // {"status": "paid", "count": 3, "avg_amount": 31.5}
//
// Fields are dotted paths, where a number is an index into an array; _version and its like are the system fields.
// Arrays are values like others here: their elements are not looked at, and a path does not fan out over them.
//
// Which values count: of a count without a field all documents; of a count those in which the field is there and not
// null; of sum and avg the numbers; of min and max all but null, in the total order of values. Nothing else is an
// error. Of no values, count and sum are 0, the others null.
//
// Numbers: integers are added exactly, and their sum is one; when it leaves int64, limit_exceeded is thrown. Once a
// double takes part the sum is a double, from sums in twice a double's precision, so that the order of the documents
// does not show (unless the doubles' range is left on the way). An average is a double.
//
// Values; threads: as any value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/results.hpp>

namespace sheaf {

enum class Aggregate : std::uint8_t { count, sum, avg, min, max };

std::string_view name(Aggregate aggregate);
// "sum", in any case of letters. Throws invalid_argument.
Aggregate aggregate_named(std::string_view name);

struct FieldAggregate {
    Aggregate op = Aggregate::count;
    std::string field{};  // a path; empty: of a count, all documents
    std::string as{};     // what to_document() calls it; empty: "count" or "avg_age"
};

// As to_document() calls it.
std::string name(const FieldAggregate& aggregate);

struct GroupSort {
    std::size_t column = 0;  // of the keys, then of the aggregates
    bool descending = false;
};

struct GroupOptions {
    std::vector<GroupSort> sort{};  // in the total order of values, missing first; then, or when empty, by the keys
    std::int64_t limit = 0;         // of groups; 0: none
    std::int64_t skip = 0;
    Archived archived = Archived::exclude;
    std::string hint{};
    Document let{};
    Control control{};
};

// The values that documents have in common, and their aggregates. Values that compare equal, such as 5 and 5.0, are one
// key, and the first that was met is shown. A missing field is a key of its own, another one than null.
struct Group {
    std::vector<std::optional<Value>> keys{};  // nothing: missing
    std::vector<Value> values{};
};

// {"status": "paid", "count": 3, "avg_amount": 31.5}, without the missing keys. The fields and aggregates are those
// that the group was asked for with. Throws invalid_argument when they are not, duplicate_field when two columns have
// one name.
Document to_document(const Group& group, const std::vector<std::string>& fields,
                     const std::vector<FieldAggregate>& aggregates);

}  // namespace sheaf
