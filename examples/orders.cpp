// Beyond find and $set: an aggregation, elements of arrays, an update that computes, a queue, and a MongoDB command.
#include <iostream>
#include <sheaf/sheaf.hpp>

using namespace sheaf::literals;

int main() {
    sheaf::Database database = sheaf::open("memory:");
    sheaf::Collection orders = database.collection("orders");
    orders.insert_many(std::vector{
        R"({"_id": 1, "city": "Kyoto", "lines": [{"item": "tea", "qty": 2, "price": 5},
                                                 {"item": "cup", "qty": 1, "price": 9}]})"_json,
        R"({"_id": 2, "city": "Lima", "lines": [{"item": "tea", "qty": 4, "price": 5}]})"_json,
        R"({"_id": 3, "city": "Kyoto", "lines": []})"_json});

    // Computed by the database: each order's total, from its lines.
    orders.update_many({}, R"([{"$set": {"total": {"$sum": {"$map": {
        "input": "$lines", "in": {"$multiply": ["$$this.qty", "$$this.price"]}}}}}}])"_pipeline);

    // Only the lines that a filter names.
    orders.update_many({}, R"({"$set": {"lines.$[many].bulk": true}})"_json,
                       {.array_filters = {R"({"many.qty": {"$gte": 4}})"_json}});

    sheaf::DocumentCursor cities = orders.aggregate(R"([
        {"$group": {"_id": "$city", "orders": {"$sum": 1}, "total": {"$sum": "$total"}}},
        {"$sort": {"_id": 1}}])"_pipeline);
    while (auto city = cities.next()) std::cout << city->to_json() << '\n';

    // A queue: take the largest order that nobody has taken, and see it as it is then.
    auto taken =
        orders.find_one_and_update(R"({"taken": {"$exists": false}})"_json, R"({"$set": {"taken": true}})"_json,
                                   {.sort = R"({"total": -1})"_json, .image = sheaf::Return::after});
    std::cout << "took " << taken.record->id().integer() << '\n';

    std::cout << database.run_command(R"({"count": "orders", "query": {"lines.item": "tea"}})"_json).to_json() << '\n';
}
