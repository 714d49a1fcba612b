#include "engine/matches.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

#include "document/key.hpp"

namespace sheaf::engine {

namespace {

// Gets begin small, because the caller may want one row, and grow as long as rows are small.
constexpr std::size_t max_keys_per_get = 256;
constexpr std::size_t large_get_bytes = 4U * 1024 * 1024;

std::vector<Bytes> keys_of(const std::vector<View>& ids, const Limits& limits) {
    std::vector<Bytes> keys;
    for (const View id : ids) {
        const Type type = id.type();
        if (type == Type::array || type == Type::object) continue;  // no _id is one
        Bytes key = encode_key(id);
        if (key.size() <= limits.id_bytes) keys.push_back(std::move(key));  // no document has a longer one
    }
    std::sort(keys.begin(), keys.end());  // 5 and 5.0 ask for the same document
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

}  // namespace

query::Subject subject_of(const driver::RowView& row) {
    return {View(row.body), {row.meta.version, row.meta.created, row.meta.updated, row.meta.archived}};
}

std::unique_ptr<driver::Cursor> scan_if_exists(driver::Transaction& tx, std::string_view collection,
                                               const driver::Scan& scan) {
    try {
        return tx.scan(collection, scan);
    } catch (const Error& error) {
        if (error.code() != Code::not_found) throw;
        return nullptr;
    }
}

Matches::Matches(driver::Transaction& tx, std::string collection, const query::Filter& filter, Archived archived,
                 const Control& control, const Limits& limits)
    : tx_(tx), collection_(std::move(collection)), filter_(filter), archived_(archived), control_(control) {
    if (const auto ids = filter.ids()) {
        keys_ = keys_of(*ids, limits);
    } else {
        pushed_down_ = !filter.matches_everything() && !filter.reads_system_fields();
        scan_ = scan_if_exists(tx_, collection_, {.filter = pushed_down_ ? this : nullptr});
    }
}

bool Matches::next(driver::RowView& row) {
    while (next_candidate(row)) {
        if (selects(row)) return true;
    }
    return false;
}

bool Matches::next_candidate(driver::RowView& row) {
    check();
    return scan_ != nullptr ? scan_->next(row) : next_by_id(row);
}

// For each row, because a filter may take long over one; reading the clock costs little beside a row.
void Matches::check() {
    if (control_.deadline || control_.stop.stop_possible()) control_.check();
}

bool Matches::wants(BytesView body) {
    check();
    return filter_.matches({View(body), {}});
}

bool Matches::next_by_id(driver::RowView& row) {
    for (;;) {
        while (next_fetched_ < fetched_.size()) {
            const std::optional<driver::Row>& found = fetched_[next_fetched_++];
            if (!found) continue;
            row = {found->body, found->meta};
            return true;
        }
        if (next_key_ == keys_.size()) return false;
        const std::size_t count = std::min(keys_per_get_, keys_.size() - next_key_);
        const std::vector<BytesView> batch(keys_.begin() + static_cast<std::ptrdiff_t>(next_key_),
                                           keys_.begin() + static_cast<std::ptrdiff_t>(next_key_ + count));
        next_key_ += count;
        next_fetched_ = 0;
        try {
            fetched_ = tx_.get_many(collection_, batch);
            std::size_t bytes = 0;
            for (const auto& found : fetched_) bytes += found ? found->body.size() : 0;
            keys_per_get_ = bytes > large_get_bytes ? 1 : std::min(2 * keys_per_get_, max_keys_per_get);
        } catch (const Error& error) {
            if (error.code() != Code::not_found) throw;
            return false;
        }
    }
}

bool Matches::selects(const driver::RowView& row) const {
    if (archived_ == Archived::exclude && row.meta.archived) return false;
    if (archived_ == Archived::only && !row.meta.archived) return false;
    return pushed_down_ || filter_.matches(subject_of(row));
}

}  // namespace sheaf::engine
