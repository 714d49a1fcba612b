// Optimistic concurrency: change a document only if nobody else has changed it since it was read.
#include <iostream>
#include <sheaf/sheaf.hpp>

using namespace sheaf::literals;

int main() {
    sheaf::Database database = sheaf::open("memory:");
    sheaf::Collection pages = database.collection("pages");
    pages.insert_one(R"({"_id": "home", "text": "hello"})"_json);

    sheaf::Record mine = pages.get("home").value();
    pages.update_one(R"({"_id": "home"})"_json, R"({"$set": {"text": "somebody else's"}})"_json);

    auto expected = sheaf::ExpectedVersion::exactly(mine.version);
    try {
        pages.update_one(R"({"_id": "home"})"_json, R"({"$set": {"text": "mine"}})"_json,
                         {.expected_version = expected});
    } catch (const sheaf::Error& error) {
        if (error.code() != sheaf::Code::version_mismatch) throw;
        std::cout << "read version " << *error.details().expected_version << ", found version "
                  << *error.details().actual_version << '\n';
    }
    std::cout << pages.get("home")->document.to_json() << '\n';
}
