// kill_writer STORE: commits ledger transactions until it is killed, and prints each number once commit() has returned.
// Every now and then it makes one of the indexes anew.
// kill_writer STORE build: prints a line and makes the indexes of the collection "things", until it is killed.
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include "crash/indexed_things.hpp"
#include "crash/kill/ledger.hpp"

namespace sheaf::crash {

namespace {

constexpr std::int64_t rebuild_every = 10;

// One write per line, so that a kill leaves a whole number or none.
void acknowledge(std::int64_t number) {
    const std::string line = std::to_string(number) + "\n";
    while (::write(STDOUT_FILENO, line.data(), line.size()) < 0 && errno == EINTR) {
    }
}

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
    change_things(tx.collection("things"), number);
    tx.commit();
}

void write_until_killed(Database& database) {
    for (std::int64_t number = transactions_in(database.collection("ledger")) + 1;; ++number) {
        write_transaction(database, number);
        acknowledge(number);
        if (number % rebuild_every != 0) continue;
        Collection things = database.collection("things");
        const IndexDefinition& index = thing_indexes()[static_cast<std::size_t>(number / rebuild_every) % 3];
        things.drop_index(index.name());
        things.create_index(index.keys, index.options);
    }
}

void build(Database& database) {
    acknowledge(1);
    ensure_thing_indexes(database.collection("things"));
}

}  // namespace

}  // namespace sheaf::crash

int main(int argc, char** argv) {
    try {
        const std::vector<std::string_view> arguments(argv + 1, argv + argc);
        const bool builds = arguments.size() == 2 && arguments[1] == "build";
        if (arguments.size() != 1 && !builds) return 2;
        sheaf::Database database = sheaf::open(arguments[0]);
        if (builds) {
            sheaf::crash::build(database);
        } else {
            sheaf::crash::ensure_thing_indexes(database.collection("things"));
            sheaf::crash::write_until_killed(database);
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "kill_writer: " << error.what() << '\n';
        return 1;
    }
}
