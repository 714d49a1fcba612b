// Collection::find_page.
#include <sheaf/collection.hpp>
#include <sheaf/error.hpp>

#include <algorithm>
#include <utility>

#include "document/key.hpp"
#include "engine/find_cursor.hpp"
#include "engine/ordered_rows.hpp"
#include "engine/page_token.hpp"
#include "engine/reading.hpp"

namespace sheaf {

namespace {

using engine::OrderedRows;

constexpr std::int64_t largest_page = 100'000;

// The sort with the directions turned, and _id, by which ties are ordered, said aloud.
Document reversed(const Document& sort) {
    Object turned;
    for (const auto& [path, direction] : sort.view().members()) turned.set(path, direction.number() < 0 ? 1 : -1);
    if (turned.find("_id") == nullptr) turned.set("_id", -1);
    return Document(std::move(turned));
}

void check(const PageOptions& options) {
    if (options.size < 1 || options.size > largest_page) {
        throw Error(Code::invalid_argument, "a page has 1 to 100000 records, not " + std::to_string(options.size));
    }
    if (options.after && options.before) {
        throw Error(Code::invalid_argument, "a page is after one token or before one, not both");
    }
}

// One page on its way: the records in the order of reading, and their places in the order of the sort.
class PageReader {
public:
    PageReader(const engine::Target& target, const Document& filter, const PageOptions& options)
        : target_(target),
          options_(options),
          backward_(options.before.has_value()),
          reading_(target, filter, options),
          sort_(query::Sort::parse(options.sort.empty() ? Document{{"_id", 1}} : options.sort, target.limits())),
          turned_(backward_ ? query::Sort::parse(reversed(options.sort), target.limits()) : query::Sort()),
          projection_(query::Projection::parse(options.projection, {target.limits(), &reading_.bindings})) {}

    Page read() {
        const std::optional<std::string>& token = backward_ ? options_.before : options_.after;
        OrderedRows::Page page{.backward = backward_, .reversed = &turned_};
        std::vector<Bytes> from;
        if (token) {
            from = engine::decode_page_token(options_.sort, *token, sort_.fields().size() + 1);
            page.beyond = sort_.joined(from);
            if (backward_) invert_key(page.beyond, 0);
        }
        engine::Query& query = reading_.query;
        query.sort = &sort_;
        query.limit = options_.size + 1;  // whether there are more
        if (token) query.from = &from;
        OrderedRows rows(reading_.tx(), *target_.store, target_.name, query, reading_.control, std::move(page));
        return filled(rows, token.has_value());
    }

private:
    Page filled(OrderedRows& rows, bool begins_inside) {
        Page page;
        std::vector<Bytes> first;
        std::vector<Bytes> last;
        bool more = false;
        for (driver::RowView row; rows.next(row);) {
            more = static_cast<std::int64_t>(page.records.size()) == options_.size;
            if (more) break;
            last = sort_.value_keys(engine::subject_of(row));
            if (first.empty()) first = last;
            page.records.push_back(engine::projected(row, reading_.filter, projection_));
        }
        if (page.records.empty()) return page;
        if (backward_) {
            std::reverse(page.records.begin(), page.records.end());
            std::swap(first, last);
        }
        if (backward_ ? begins_inside : more) page.next = engine::encode_page_token(options_.sort, last);
        if (backward_ ? more : begins_inside) page.previous = engine::encode_page_token(options_.sort, first);
        return page;
    }

    const engine::Target& target_;
    const PageOptions& options_;
    bool backward_;
    engine::Reading reading_;
    query::Sort sort_;
    query::Sort turned_;
    query::Projection projection_;
};

}  // namespace

Page Collection::find_page(const Document& filter, const PageOptions& options) const {
    check(options);
    const engine::Target target{store_, session_, name_};
    return target.read(options.control, [&] { return PageReader(target, filter, options).read(); });
}

}  // namespace sheaf
