// Indexes: made when the program starts, used by queries, explained; and results a page at a time.
#include <iostream>
#include <sheaf/sheaf.hpp>

using namespace sheaf::literals;

int main() {
    sheaf::Database database = sheaf::open("memory:");
    sheaf::Collection users = database.collection("users");

    const std::vector<sheaf::IndexDefinition> wanted = {
        {.keys = R"({"email": 1})"_json, .options = {.unique = true, .nulls_distinct = true}},
        {.keys = R"({"city": 1, "age": -1})"_json},
    };
    for (const sheaf::IndexDefinition& index : wanted) users.ensure_index(index);
    users.drop_stale_indexes(wanted);

    for (int i = 0; i < 100; ++i) {
        users.insert_one({{"_id", i}, {"city", i % 2 == 0 ? "Kyoto" : "Lima"}, {"age", 20 + i % 50}});
    }
    users.insert_one(R"({"_id": "ada", "email": "ada@example.org"})"_json);
    try {
        users.insert_one(R"({"_id": "eve", "email": "ada@example.org"})"_json);
    } catch (const sheaf::Error& error) {
        if (error.code() != sheaf::Code::duplicate_key) throw;
        std::cout << error.what() << '\n';
    }

    sheaf::PageOptions options{.sort = R"({"age": -1})"_json, .size = 10};
    const sheaf::Document filter = R"({"city": "Kyoto", "age": {"$gte": 50}})"_json;
    for (;;) {
        const sheaf::Page page = users.find_page(filter, options);
        std::cout << page.records.size() << " users, from age " << page.records.front()["age"].integer() << '\n';
        if (!page.next) break;
        options.after = *page.next;
    }
    const sheaf::Explanation how = users.explain(filter, {.sort = options.sort, .verify = sheaf::Verify::yes});
    std::cout << how.paths.front().index << ": " << how.documents_examined << " documents examined, sorted by "
              << how.sort << (*how.verified ? ", as without indexes" : ", WRONG") << '\n';
}
