#include "engine/batch_insert.hpp"

#include <sheaf/error.hpp>

namespace sheaf::engine {

namespace {

struct Run {
    Collection& collection;
    std::span<const Document> documents;
    bool ordered;
    const Control& control;
    std::size_t& inserted;
    const std::function<void(std::size_t, const Error&)>& failed;

    // Documents `begin` to `end`; false when no more are to be inserted.
    bool insert(std::size_t begin, std::size_t end) const {
        try {
            collection.insert_many(documents.subspan(begin, end - begin), {.control = control});
            inserted += end - begin;
            return true;
        } catch (const Error& error) {
            if (!is_of_one_write(error)) throw;
            if (end - begin == 1) {
                failed(begin, error);
                return !ordered;
            }
        }
        const std::size_t middle = begin + (end - begin) / 2;
        return insert(begin, middle) && insert(middle, end);
    }
};

}  // namespace

bool is_of_one_write(const Error& error) {
    switch (error.code()) {
        case Code::busy:
        case Code::unavailable:
        case Code::locked:
        case Code::transaction_aborted:
        case Code::serialization:
        case Code::deadlock:
        case Code::conflict:
        case Code::unauthorized:
        case Code::deadline_exceeded:
        case Code::cancelled:
        case Code::closed:
        case Code::corrupt:
        case Code::io:
        case Code::commit_unknown:
            return false;
        default:
            return true;
    }
}

void insert_in_batches(Collection& collection, std::span<const Document> documents, Order order, const Control& control,
                       std::size_t& inserted, const std::function<void(std::size_t, const Error&)>& failed) {
    if (documents.empty()) return;
    Run{collection, documents, order == Order::ordered, control, inserted, failed}.insert(0, documents.size());
}

}  // namespace sheaf::engine
