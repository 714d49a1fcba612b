#include "storage/postgres/pushdown.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "document/encoder.hpp"
#include "storage/postgres/chosen_pages.hpp"
#include "storage/postgres/cursor.hpp"
#include "storage/postgres/pushdown_sql.hpp"
#include "storage/postgres/where_sql.hpp"

namespace sheaf::postgres {

namespace {

using driver::Where;

constexpr std::int64_t few_rest = 1000;  // rows of the rest that come along with the first of a sort

// One cursor behind another.
class JoinedCursor final : public driver::Cursor {
public:
    JoinedCursor(std::unique_ptr<driver::Cursor> first, std::unique_ptr<driver::Cursor> second)
        : current_(std::move(first)), second_(std::move(second)) {}

    bool next(driver::RowView& row) override {
        for (;;) {
            if (current_->next(row)) return true;
            if (second_ == nullptr) return false;
            current_ = std::move(second_);
        }
    }

    BytesView key() override { return current_->key(); }

private:
    std::unique_ptr<driver::Cursor> current_;
    std::unique_ptr<driver::Cursor> second_;
};

// Of the server's words for a value and its kind.
Bytes group_value(const Result& result, std::size_t row, std::size_t column) {
    Bytes value;
    if (result.is_null(row, column)) return value;
    const BytesView kind = result.bytes(row, column);
    const BytesView text = result.bytes(row, column + 1);
    Encoder encoder(value);
    if (kind == "null") {
        encoder.null();
    } else if (kind == "boolean") {
        encoder.boolean(text == "true");
    } else {
        encoder.string(text);
    }
    return value;
}

// What makes a rest, for telling whether it is the one that is remembered.
std::string question(std::string_view table, const Where& where, const std::string& rest_path) {
    std::string text(table);
    text += !where.archived ? " all " : *where.archived ? " archived " : " live ";
    if (where.predicate != nullptr) {
        const JsonPath path = json_path(*where.predicate);
        text += path.path + '\0' + path.variables;
    }
    return text + '\0' + rest_path;
}

Where any_predicate(const Where& where) {
    return {.archived = where.archived};
}

class ServerPushdown final : public driver::Pushdown {
public:
    explicit ServerPushdown(std::shared_ptr<Session> session) : session_(std::move(session)) {}

    std::int64_t count(std::string_view table, const Where& where) override {
        Params params;
        const std::string sql = count_sql(session_->table(table), where, params);
        const Result result = session_->query(sql, params);
        remember(question(table, any_predicate(where), ""),
                 result.is_null(0, 1) ? std::nullopt : std::optional(result.integer(0, 1)));
        return result.integer(0, 0);
    }

    std::unique_ptr<driver::Cursor> undecided(std::string_view table, const Where& where,
                                              driver::RowFilter* filter) override {
        const Where any = any_predicate(where);
        const auto condition = [any](Params& params) { return "d.doc IS NULL AND " + where_sql(any, params); };
        return open_rest(table, question(table, any, ""), condition, filter);
    }

    std::unique_ptr<driver::Cursor> top(std::string_view table, const Where& where,
                                        std::span<const driver::SortTerm> terms, std::int64_t keep,
                                        driver::RowFilter* filter) override {
        const std::int64_t most = std::numeric_limits<std::int64_t>::max() - few_rest;
        First first = first_rows(table, where, terms, Rest::first, std::min(keep, most) + few_rest);
        if (first.rest <= few_rest) return open_rids(table, std::move(first.rids), filter);
        first = first_rows(table, where, terms, Rest::left_out, keep);
        const auto condition = [where, path = sort_rest_path(terms)](Params& params) {
            const std::string satisfies = where_sql(where, params);
            return satisfies + " AND " + rest_sql(path, params);
        };
        const TableEntry& entry = session_->table(table);
        auto rest = open_pages(session_, entry, pages_where(entry, 0, condition), filter);
        return std::make_unique<JoinedCursor>(open_rids(table, std::move(first.rids), filter), std::move(rest));
    }

    std::optional<std::vector<driver::GroupCount>> count_groups(std::string_view table, const Where& where,
                                                                std::span<const Keys> paths,
                                                                std::size_t most) override {
        Params params;
        const std::size_t rows = most + 1;  // with that of the rest
        const std::string sql = group_sql(session_->table(table), where, paths, rows + 1, params);
        const Result result = session_->query(sql, params);
        std::vector<driver::GroupCount> groups;
        std::optional<std::int64_t> first_of_rest;
        for (std::size_t row = 0; row < result.rows(); ++row) {
            if (result.boolean(row, 2)) {
                first_of_rest = result.integer(row, 1);
                continue;
            }
            driver::GroupCount& group = groups.emplace_back();
            group.count = result.integer(row, 0);
            for (std::size_t i = 0; i < paths.size(); ++i) {
                group.values.push_back(group_value(result, row, first_group_value + 2 * i));
            }
        }
        if (groups.size() > most || result.rows() > rows) return std::nullopt;
        remember(question(table, where, group_rest_path(paths)), first_of_rest);
        return groups;
    }

    std::unique_ptr<driver::Cursor> ungrouped(std::string_view table, const Where& where, std::span<const Keys> paths,
                                              driver::RowFilter* filter) override {
        const std::string path = group_rest_path(paths);
        const auto condition = [where, path](Params& params) {
            const std::string satisfies = where_sql(where, params);
            return satisfies + " AND " + rest_sql(path, params);
        };
        return open_rest(table, question(table, where, path), condition, filter);
    }

private:
    // The first rows of a sort, with what belongs to the rest among them.
    struct First {
        std::vector<std::int64_t> rids{};
        std::int64_t rest = 0;
    };

    First first_rows(std::string_view table, const Where& where, std::span<const driver::SortTerm> terms, Rest rest,
                     std::int64_t limit) {
        Params params;
        const std::string sql = top_sql(session_->table(table), where, terms, rest, limit, params);
        const Result result = session_->query(sql, params);
        First first;
        for (std::size_t row = 0; row < result.rows(); ++row) {
            first.rids.push_back(result.integer(row, 0));
            if (result.boolean(row, 1)) ++first.rest;
        }
        return first;
    }

    std::unique_ptr<driver::Cursor> open_rids(std::string_view table, std::vector<std::int64_t> rids,
                                              driver::RowFilter* filter) {
        const TableEntry& entry = session_->table(table);
        return open_pages(session_, entry, pages_of(entry, std::move(rids)), filter);
    }

    std::unique_ptr<driver::Cursor> open_rest(std::string_view table, const std::string& asked, Condition condition,
                                              driver::RowFilter* filter) {
        std::int64_t first = 0;
        if (asked == question_) {
            if (!first_of_rest_) return open_rids(table, {}, filter);
            first = *first_of_rest_;
        }
        const TableEntry& entry = session_->table(table);
        return open_pages(session_, entry, pages_where(entry, first, std::move(condition)), filter);
    }

    // Where nothing can have changed by the time that the rest is asked for.
    void remember(std::string asked, std::optional<std::int64_t> first_of_rest) {
        if (session_->writes() || session_->is_operation()) return;
        question_ = std::move(asked);
        first_of_rest_ = first_of_rest;
    }

    const std::shared_ptr<Session> session_;
    std::string question_{};                       // that was asked last; "": none
    std::optional<std::int64_t> first_of_rest_{};  // its first row; none: there is no rest
};

}  // namespace

std::unique_ptr<driver::Pushdown> make_pushdown(std::shared_ptr<Session> session) {
    return std::make_unique<ServerPushdown>(std::move(session));
}

}  // namespace sheaf::postgres
