// kill_writer STORE: commits ledger transactions until it is killed, and prints each number once commit() has returned.
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <iostream>

#include "crash/kill/ledger.hpp"

namespace sheaf::crash {

namespace {

void write_transaction(Database& database, std::int64_t number) {
    UpdateOptions upsert;
    upsert.upsert = Upsert::yes;
    const std::int64_t amount = amount_of(number);
    Transaction tx = database.begin();
    Collection ledger = tx.collection("ledger");
    Collection items = tx.collection("items");
    ledger.insert_one(Document({{"_id", number}, {"balance", -amount}}));
    ledger.update_one(with_id("total"),
                      Document({{"$inc", Value::object({{"transactions", 1}, {"balance", -amount}})}}), upsert);
    for (int item = 0; item < items_of(number); ++item) {
        items.insert_one(Document({{"_id", item_id(number, item)}, {"body", std::string(size_of(number, item), 'x')}}));
    }
    const std::int64_t old = number - kept_transactions;
    for (int item = 0; old > 0 && item < items_of(old); ++item) items.delete_one(with_id(item_id(old, item)));
    items.update_one(with_id("total"), Document({{"$inc", Value::object({{"balance", amount}})}}), upsert);
    tx.commit();
}

// One write per line, so that a kill leaves a whole number or none.
void acknowledge(std::int64_t number) {
    const std::string line = std::to_string(number) + "\n";
    while (::write(STDOUT_FILENO, line.data(), line.size()) < 0 && errno == EINTR) {
    }
}

}  // namespace

}  // namespace sheaf::crash

int main(int argc, char** argv) {
    try {
        if (argc != 2) return 2;
        sheaf::Database database = sheaf::open(argv[1]);
        for (std::int64_t number = sheaf::crash::transactions_in(database.collection("ledger")) + 1;; ++number) {
            sheaf::crash::write_transaction(database, number);
            sheaf::crash::acknowledge(number);
        }
    } catch (const std::exception& error) {
        std::cerr << "kill_writer: " << error.what() << '\n';
        return 1;
    }
}
