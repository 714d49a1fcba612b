#include "engine/expiry.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <sheaf/error.hpp>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "engine/collections.hpp"
#include "engine/index_entries.hpp"

namespace sheaf::engine {

namespace {

constexpr std::size_t rows_per_search = 10'000;
constexpr std::size_t rows_per_transaction = 1'000;
constexpr std::chrono::hours longest_interval{24 * 366};  // what a clock can add

Bytes key_of_date(DateTime time) {
    return encode_key(View(encode(Value(time))));
}

// The keys of the dates before `end`. Of an array each date has a key, so that the earliest decides.
std::vector<driver::KeyRange> dates_before(const Index& index, DateTime end) {
    const Bytes first(1, static_cast<char>(key_tag::datetime));
    const auto dates = query::Intervals::range(first, key_of_date(end));
    std::vector<driver::KeyRange> ranges;
    for (const query::Interval& range : index.keys.key_ranges({dates}).ranges) {
        ranges.push_back({range.lower, range.upper});
    }
    return ranges;
}

bool has_key_within(const std::vector<driver::KeyRange>& ranges, const std::vector<Bytes>& keys) {
    return std::any_of(keys.begin(), keys.end(), [&](const Bytes& key) {
        return std::any_of(ranges.begin(), ranges.end(), [&](const driver::KeyRange& range) {
            return (!range.lower || key >= *range.lower) && (!range.upper || key < *range.upper);
        });
    });
}

class Expiry {
public:
    Expiry(const Target& target, std::string index, const Control& control)
        : target_(target), index_(std::move(index)), control_(control) {}

    std::int64_t run() {
        std::int64_t removed = 0;
        do {
            const std::vector<Bytes> victims = target_.read(control_, [&] { return search(); });
            for (std::size_t i = 0; i < victims.size(); i += rows_per_transaction) {
                removed += remove(std::span(victims).subspan(i, std::min(rows_per_transaction, victims.size() - i)));
            }
        } while (more_);
        return removed;
    }

private:
    // The index, if it is there and still the same one. Another one of that name has other documents, or other rules.
    const Index* find_in(const CollectionInfo* info) const {
        const Index* index = info == nullptr ? nullptr : info->find(index_);
        const bool serves = index != nullptr && index->state == IndexState::ready &&
                            index->definition.options.expire_after && (table_.empty() || index->table == table_);
        return serves ? index : nullptr;
    }

    static std::vector<driver::KeyRange> expired(const Index& index, DateTime now) {
        const std::chrono::milliseconds age = *index.definition.options.expire_after;
        return dates_before(index, {now.ms - age.count()});
    }

    // The keys of the next expired documents; `from_` is where to go on.
    std::vector<Bytes> search() {
        more_ = false;
        const auto session = target_.reading(control_);
        driver::Transaction& tx = session->tx();
        const auto info = target_.store->catalog().find(tx, target_.name);
        const Index* index = find_in(info.get());
        if (index == nullptr) return {};
        table_ = index->table;
        auto ranges = expired(*index, target_.store->now());
        if (from_ && !ranges.empty()) ranges.front().lower = from_;
        const auto cursor = tx.fetch(target_.name, {.index = index->table, .ranges = ranges});
        std::vector<Bytes> rows;
        driver::RowView row;
        while (cursor->next(row)) {
            control_.check();
            if (row.meta.archived) continue;
            rows.push_back(encode_key(View(row.body)["_id"]));
            more_ = rows.size() == rows_per_search;
            if (!more_) continue;
            from_ = Bytes(cursor->key());
            break;
        }
        return without_repeats(std::move(rows));
    }

    // A document comes once for each of its dates.
    static std::vector<Bytes> without_repeats(std::vector<Bytes> rows) {
        std::sort(rows.begin(), rows.end());
        rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
        return rows;
    }

    // Those that are expired still.
    std::int64_t remove(std::span<const Bytes> rows) const {
        std::int64_t removed = 0;
        target_.write(control_, driver::Isolation::serializable, [&](Writer& writer) {
            removed = 0;
            const auto info = writer.info();
            const Index* index = find_in(info.get());
            if (index == nullptr) return;
            const auto ranges = expired(*index, writer.now());
            removed = writer.remove_if(rows, [&](const driver::RowView& row) {
                return !row.meta.archived && has_key_within(ranges, index_keys_of(*index, row.body).keys);
            });
        });
        return removed;
    }

    const Target& target_;
    const std::string index_;
    const Control& control_;
    std::string table_{};  // of the index; empty before the first search
    std::optional<Bytes> from_{};
    bool more_ = false;
};

// What is no fault of one collection.
bool ends_all(Code code) {
    return code == Code::cancelled || code == Code::deadline_exceeded || code == Code::closed;
}

std::vector<std::string> expiring_indexes(const Target& target, const Control& control) {
    return target.read(control, [&] {
        std::vector<std::string> names;
        const auto session = target.reading(control);
        const auto info = target.store->catalog().find(session->tx(), target.name);
        if (info == nullptr) return names;
        for (const auto& index : info->indexes) {
            if (index->definition.options.expire_after) names.push_back(index->name);
        }
        return names;
    });
}

}  // namespace

std::int64_t expire_documents(const Target& target, const Control& control) {
    std::int64_t removed = 0;
    for (std::string& index : expiring_indexes(target, control))
        removed += Expiry(target, std::move(index), control).run();
    return removed;
}

std::int64_t expire_all(const std::shared_ptr<Store>& store, const Control& control) {
    const auto names = run_reading(*store, control, [&] {
        return collections_of(*store->backend().begin({.mode = driver::Mode::read, .control = control}));
    });
    const std::shared_ptr<Session> none;
    std::int64_t removed = 0;
    std::exception_ptr first;
    for (const std::string& name : names) {
        try {
            removed += expire_documents({store, none, name}, control);
        } catch (const Error& error) {
            if (ends_all(error.code())) throw;
            if (first == nullptr) first = std::current_exception();
        }
    }
    if (first != nullptr) std::rethrow_exception(first);
    return removed;
}

Expirer::Expirer(Store& store, std::chrono::milliseconds interval)
    : store_(store),
      interval_(std::min<std::chrono::milliseconds>(interval, longest_interval)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Expirer::~Expirer() = default;

void Expirer::stop() {
    thread_.request_stop();
    const std::scoped_lock lock(stopping_);  // a store may be closed by two at once
    if (thread_.joinable()) thread_.join();
}

std::string Expirer::last_error() const {
    const std::scoped_lock lock(mutex_);
    return last_error_;
}

void Expirer::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        woken_.wait_for(lock, stop, interval_, [] { return false; });
        if (stop.stop_requested()) return;
        lock.unlock();
        expire(stop);
        lock.lock();
    }
}

void Expirer::expire(const std::stop_token& stop) {
    // The store waits for this thread before it ends, so that it need not be kept.
    const std::shared_ptr<Store> borrowed(std::shared_ptr<void>(), &store_);
    std::string error;
    try {
        expire_all(borrowed, {.stop = stop});
    } catch (const Error& caught) {
        const Code code = caught.code();
        const bool passes = code == Code::busy || code == Code::conflict || code == Code::cancelled;
        if (!passes) error = caught.what();
    } catch (const std::exception& caught) {
        error = caught.what();
    }
    const std::scoped_lock lock(mutex_);
    last_error_ = std::move(error);
}

}  // namespace sheaf::engine
