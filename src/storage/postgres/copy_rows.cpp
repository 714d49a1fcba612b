#include "storage/postgres/copy_rows.hpp"

#include <algorithm>

#include "storage/postgres/big_endian.hpp"
#include "storage/postgres/json_column.hpp"
#include "storage/postgres/write_sql.hpp"

namespace sheaf::postgres {

using driver::TableKind;
using driver::Write;

namespace {

constexpr std::size_t chunk_bytes = 64U << 10U;

void append_length(std::string& out, std::size_t size) {
    append_big_endian(out, static_cast<std::uint32_t>(size));
}

void append_bytes(std::string& out, BytesView bytes) {
    append_length(out, bytes.size());
    out.append(bytes);
}

void append_number(std::string& out, std::int64_t number) {
    append_length(out, sizeof number);
    append_big_endian(out, static_cast<std::uint64_t>(number));
}

void append_boolean(std::string& out, bool value) {
    append_length(out, 1);
    out += static_cast<char>(value ? 1 : 0);
}

// Written in its place; its length is known afterwards.
void append_doc(std::string& out, BytesView body) {
    constexpr char jsonb_version = 1;
    const std::size_t begin = out.size();
    append_length(out, 0);
    out += jsonb_version;
    std::string length;
    if (append_json(body, out)) {
        append_length(length, out.size() - begin - sizeof(std::uint32_t));
    } else {
        out.resize(begin + sizeof(std::uint32_t));
        append_length(length, static_cast<std::size_t>(-1));  // NULL
    }
    out.replace(begin, length.size(), length);
}

// `rid`: null, the table gives it.
void append_row(std::string& out, TableKind kind, const Write& write, const std::int64_t* rid) {
    const bool documents = kind == TableKind::documents;
    const int fields = !documents ? 2 : rid == nullptr ? 7 : 8;
    append_big_endian(out, static_cast<std::uint16_t>(fields));
    append_bytes(out, write.key);
    if (rid != nullptr) append_number(out, *rid);
    append_bytes(out, write.body);
    if (!documents) return;
    append_doc(out, write.body);
    append_number(out, write.meta.version.value);
    append_boolean(out, write.meta.archived);
    append_number(out, write.meta.created.ms);
    append_number(out, write.meta.updated.ms);
}

}  // namespace

std::vector<std::int64_t> reserve_rids(Session& session, const TableEntry& table, std::size_t count) {
    const Result result = session.query(reserve_sql(table.quoted), Params().integer(static_cast<std::int64_t>(count)));
    std::vector<std::int64_t> rids;
    rids.reserve(result.rows());
    for (std::size_t i = 0; i < result.rows(); ++i) rids.push_back(result.integer(i, 0));
    // Somebody else's sequence could be one that goes down.
    std::sort(rids.begin(), rids.end());
    return rids;
}

bool try_copy_rows(Session& session, const TableEntry& table, const Run& run, std::span<const std::int64_t> rids) {
    std::size_t next = 0;
    const auto data = [&](std::string& out) {
        const std::size_t enough = out.size() + chunk_bytes;
        while (next < run.writes.size() && out.size() < enough) {
            append_row(out, table.kind, run.writes[next], rids.empty() ? nullptr : &rids[next]);
            ++next;
        }
        return next < run.writes.size();
    };
    return session.try_copy(copy_sql(table.quoted, table.kind, !rids.empty()), data);
}

}  // namespace sheaf::postgres
