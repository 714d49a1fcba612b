#include "storage/sqlite/leaping_count.hpp"

#include <algorithm>
#include <utility>

namespace sheaf::sqlite {

namespace {

constexpr std::int64_t few = 64;  // so many are counted at once by steps
constexpr std::int64_t longest_leap = 1 << 16;

class Leaps {
public:
    Leaps(Table& index, KeySegment range, std::int64_t limit)
        : index_(index), range_(std::move(range)), limit_(limit) {}

    std::int64_t count() {
        std::int64_t leap = 2 * few;
        bool growing = true;
        while (leap >= few && !enough()) {
            if (take(leap)) {
                if (growing) leap = std::min(2 * leap, longest_leap);
            } else {
                growing = false;
                leap /= 4;
            }
        }
        if (!enough()) rows_ += count_by_steps(index_, range_, limit_ == 0 ? 0 : limit_ - rows_);
        return limit_ == 0 ? rows_ : std::min(rows_, limit_);
    }

private:
    bool enough() const { return limit_ != 0 && rows_ >= limit_; }

    // Goes on behind the key that it lands on. False, and nothing has changed, when that is beyond the range.
    bool take(std::int64_t leap) {
        Statement& statement = index_.statement(Query::leap);
        const Statement::Run running(statement);
        range_.lower.bind(statement, 1);
        statement.bind(2, leap);
        if (!statement.step()) return false;
        Bytes key(statement.bytes(0));
        if (key >= range_.upper->value) return false;
        rows_ += leap;
        if (!enough()) rows_ += rest_of(key, statement.integer(1));
        key.push_back('\0');
        range_.lower.value = std::move(key);
        return true;
    }

    // The pairs of one key from a rid on.
    std::int64_t rest_of(BytesView key, std::int64_t rid) {
        Statement& statement = index_.statement(limit_ == 0 ? Query::count_rest_of_key : Query::count_some_of_key);
        const Statement::Run running(statement);
        statement.bind_blob(1, key);
        statement.bind(2, rid);
        if (limit_ != 0) statement.bind(3, limit_ - rows_);
        return statement.step() ? statement.integer(0) : 0;
    }

    Table& index_;
    KeySegment range_;  // what is left of it
    std::int64_t limit_;
    std::int64_t rows_ = 0;
};

}  // namespace

std::int64_t count_by_steps(Table& table, const KeySegment& segment, std::int64_t limit) {
    Statement& statement = table.statement(count_query(segment.upper.has_value(), limit != 0));
    const Statement::Run running(statement);
    segment.lower.bind(statement, 1);
    if (segment.upper) segment.upper->bind(statement, 2);
    if (limit != 0) statement.bind(4, limit);
    return statement.step() ? statement.integer(0) : 0;
}

std::int64_t count_by_leaps(Table& index, const KeySegment& segment, std::int64_t limit) {
    const std::int64_t first = limit == 0 ? few : std::min(few, limit);
    const std::int64_t rows = count_by_steps(index, segment, first);
    return rows < first || rows == limit ? rows : Leaps(index, segment, limit).count();
}

}  // namespace sheaf::sqlite
