// Many inserts of which some may be refused: in batches as large as they go, each a transaction.
// Threads: as the collection.
#pragma once

#include <functional>
#include <span>

#include <sheaf/collection.hpp>

namespace sheaf::engine {

// Whether an error is that of one write, after which others may succeed; not so when the time is over, the store has
// failed or cannot be had, or the transaction around the write has ended.
bool is_of_one_write(const Error& error);

// Inserts the documents in their order and calls `failed` for each that is refused. A batch that is refused has
// inserted nothing, and is halved until the culprit is alone. Stops at the first failure when ordered. Returns how many
// are in. Throws what is not of one write; what has been inserted then is in `inserted`.
void insert_in_batches(Collection& collection, std::span<const Document> documents, Order order, const Control& control,
                       std::size_t& inserted, const std::function<void(std::size_t, const Error&)>& failed);

}  // namespace sheaf::engine
