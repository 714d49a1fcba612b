// The example of README.md: write into a file, and find it again. Run it twice.
#include <iostream>
#include <sheaf/sheaf.hpp>

using namespace sheaf::literals;

int main() {
    sheaf::Database database = sheaf::open("hello.db");
    sheaf::Collection people = database.collection("people");
    people.update_one(R"({"_id": "ada"})"_json,
                      R"({"$set": {"name": "Ada", "born": 1815}, "$inc": {"visits": 1}})"_json,
                      {.upsert = sheaf::Upsert::yes});
    for (sheaf::Cursor found = people.find(R"({"born": {"$lt": 1900}})"_json); auto record = found.next();)
        std::cout << record->document.to_json() << " is version " << record->version.value << '\n';
}
