// Groups by two keys with a count and an average, beside the SQL statement with json_extract and GROUP BY.
#include <string>

#include "bench/fixture.hpp"
#include "bench/topics.hpp"

namespace sheaf::bench {
namespace {

std::size_t group_sheaf(const Collection& docs) {
    return docs.group_by({"address.city", "active"}, {{Aggregate::count}, {Aggregate::avg, "score"}}).size();
}

// The same as a pipeline.
std::size_t group_pipeline(const Collection& docs) {
    using namespace literals;
    const Document group = R"({"$group": {"_id": {"city": "$address.city", "active": "$active"},
                                          "n": {"$sum": 1}, "score": {"$avg": "$score"}}})"_json;
    DocumentCursor cursor = docs.aggregate(Pipeline({group}));
    std::size_t groups = 0;
    while (cursor.next()) ++groups;
    return groups;
}

}  // namespace

void add_grouping() {
    const std::string process = "process";
    add_timed("group by two keys/raw_sql_group_by", process, 2, document_count(), [] {
        return [&raw = filled_raw(true)](std::size_t) {
            return raw.step_over(
                "SELECT json_extract(data, '$.address.city'), json_extract(data, '$.active'), count(*), "
                "avg(json_extract(data, '$.score')) FROM docs GROUP BY 1, 2");
        };
    });
    for (const std::string mode : {"process", "memory"}) {
        const std::string where = mode == "memory" ? "memory" : "sqlite";
        add_timed("group by two keys/sheaf_" + where, mode, 3, document_count(), [=] {
            return [docs = filled_store(mode).collection("docs")](std::size_t) { return group_sheaf(docs); };
        });
        add_timed("group by two keys/pipeline_" + where, mode, 2, document_count(), [=] {
            return [docs = filled_store(mode).collection("docs")](std::size_t) { return group_pipeline(docs); };
        });
    }
}

}  // namespace sheaf::bench
