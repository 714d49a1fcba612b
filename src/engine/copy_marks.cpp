#include "engine/copy_marks.hpp"

#include <algorithm>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>

namespace sheaf::engine {

namespace {

constexpr std::string_view table = "_sheaf_copy";
constexpr std::int64_t format = 1;

Bytes encode(const CopyMark& mark) {
    Binary hash{Bytes(mark.hash.begin(), mark.hash.end())};
    return Document({{"v", format}, {"rid", mark.rid}, {"documents", mark.documents}, {"hash", std::move(hash)}})
        .cbor();
}

[[noreturn]] void fail_corrupt(const std::string& collection) {
    throw Error(Code::corrupt, "what the destination tells of the unfinished copy of \"" + collection + "\" is damaged",
                {.collection = collection});
}

CopyMark parse(const std::string& collection, BytesView body) {
    CopyMark mark;
    try {
        const View view(body);
        if (view["v"].integer() > format) {
            throw Error(Code::unsupported,
                        "a newer sheaf has begun the copy in the destination; finish it with that one");
        }
        const BytesView hash = view["hash"].bytes();
        if (hash.size() != mark.hash.size()) fail_corrupt(collection);
        mark.rid = view["rid"].integer();
        mark.documents = view["documents"].integer();
        std::copy(hash.begin(), hash.end(), mark.hash.begin());
    } catch (const Error& error) {
        if (error.code() == Code::unsupported) throw;
        fail_corrupt(collection);
    }
    if (mark.rid < 0 || mark.documents < 0) fail_corrupt(collection);
    return mark;
}

}  // namespace

CopyMarks read_marks(driver::Transaction& tx) {
    CopyMarks marks;
    if (!tx.find_table(table)) return marks;
    const auto cursor = tx.scan(table, {.order = driver::Order::key});
    driver::RowView row;
    while (cursor->next(row)) {
        std::string collection(cursor->key());
        const CopyMark mark = parse(collection, row.body);
        marks.emplace(std::move(collection), mark);
    }
    return marks;
}

std::optional<CopyMark> read_mark(driver::Transaction& tx, const std::string& collection) {
    if (!tx.find_table(table)) return {};
    const std::optional<driver::Row> row = tx.get(table, collection);
    if (!row) return {};
    return parse(collection, row->body);
}

void write_mark(driver::Transaction& tx, const std::string& collection, const CopyMark& mark) {
    tx.ensure_table(table, driver::TableKind::ordered);
    const Bytes body = encode(mark);
    const driver::Write put{.key = collection, .body = body};
    tx.apply(table, {&put, 1});
}

void remove_marks(driver::Transaction& tx, const std::vector<std::string>& collections) {
    CopyMarks marks = read_marks(tx);
    for (const std::string& collection : collections) {
        if (marks.erase(collection) == 0) continue;
        const driver::Write removal{.kind = driver::Write::Kind::remove, .key = collection};
        tx.apply(table, {&removal, 1});
    }
    if (marks.empty()) tx.drop_table(table);
}

}  // namespace sheaf::engine
