// The ledger that kill_writer writes and kill_test checks: transaction number k over two collections
//   ledger  {_id: k, balance: -amount}, and {_id: "total", transactions: k, balance: ...}
//   items   {_id: "k/0"} ... of several sizes, {_id: "total", balance: ...}; the items of old transactions are removed
// so that a transaction that is there by half shows: in a missing item, in the totals, or in a number left out.
//
// Threads: free functions.
#pragma once

#include <cstdint>
#include <string>

#include <sheaf/open.hpp>

namespace sheaf::crash {

inline constexpr std::int64_t kept_transactions = 20;

inline int items_of(std::int64_t number) {
    return 1 + static_cast<int>(number % 4);
}

inline std::size_t size_of(std::int64_t number, int item) {
    return number % 7 == 0 ? 60'000 : static_cast<std::size_t>(20 + (number * 31 + item * 17) % 900);
}

// The balances of the two totals add up to nothing after each transaction, and to something within.
inline std::int64_t amount_of(std::int64_t number) {
    return 1 + number % 13;
}

inline std::string item_id(std::int64_t number, int item) {
    return std::to_string(number) + "/" + std::to_string(item);
}

inline Document with_id(const Value& id) {
    return Document({{"_id", id}});
}

inline std::int64_t transactions_in(Collection ledger) {
    const auto total = ledger.get("total");
    return total ? (*total)["transactions"].integer() : 0;
}

}  // namespace sheaf::crash
