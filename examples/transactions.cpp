// Several changes that happen together or not at all: move money between two accounts.
#include <iostream>
#include <sheaf/sheaf.hpp>
#include <stdexcept>
#include <string>

using namespace sheaf::literals;

namespace {

// Throws when the payer cannot pay; then nothing has changed.
void move_money(sheaf::Database& database, const std::string& from, const std::string& to, std::int64_t amount) {
    database.run_in_transaction([&](sheaf::Transaction& transaction) {
        sheaf::Collection accounts = transaction.collection("accounts");
        accounts.update_one({{"_id", from}}, {{"$inc", sheaf::Value::object({{"balance", -amount}})}});
        accounts.update_one({{"_id", to}}, {{"$inc", sheaf::Value::object({{"balance", amount}})}});
        transaction.collection("transfers").insert_one({{"from", from}, {"to", to}, {"amount", amount}});
        if (accounts.get(from)->at("balance").integer() < 0) throw std::runtime_error(from + " has too little");
    });
}

}  // namespace

int main() {
    sheaf::Database database = sheaf::open("memory:");
    sheaf::Collection accounts = database.collection("accounts");
    accounts.insert_one(R"({"_id": "ada", "balance": 100})"_json);
    accounts.insert_one(R"({"_id": "bob", "balance": 0})"_json);

    move_money(database, "ada", "bob", 60);
    try {
        move_money(database, "ada", "bob", 60);
    } catch (const std::runtime_error& error) {
        std::cout << "refused: " << error.what() << '\n';
    }

    std::cout << "ada " << accounts.get("ada")->at("balance").integer() << ", bob "
              << accounts.get("bob")->at("balance").integer() << ", transfers "
              << database.collection("transfers").count_documents() << '\n';
}
