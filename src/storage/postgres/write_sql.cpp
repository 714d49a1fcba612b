#include "storage/postgres/write_sql.hpp"

#include <sheaf/error.hpp>

namespace sheaf::postgres {

using driver::TableKind;

namespace {

constexpr std::string_view document_fields = "key, body, doc, version, archived, created, updated";
constexpr std::string_view document_arrays =
    "$1::bytea[], $2::bytea[], $3::jsonb[], $4::bigint[], $5::boolean[], $6::bigint[], $7::bigint[]";
constexpr std::string_view document_values =
    "$1::bytea, $2::bytea, $3::jsonb, $4::bigint, $5::boolean, $6::bigint, $7::bigint";

std::string join(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) text.append(part);
    return text;
}

std::string all_of(std::string_view statement, std::string_view number) {
    return join({"WITH w AS (", statement, " RETURNING 1) SELECT 1 / (count(*) = ", number, ")::int FROM w"});
}

// SET of all columns but the key; `from` has the new values.
std::string assignments(TableKind kind, std::string_view from) {
    if (kind == TableKind::ordered) return join({"body = ", from, ".body"});
    std::string text;
    for (const std::string_view column : {"body", "doc", "version", "archived", "created", "updated"}) {
        if (!text.empty()) text += ", ";
        text += join({column, " = ", from, ".", column});
    }
    return text;
}

std::string insert_rows(std::string_view quoted, TableKind kind) {
    if (kind == TableKind::ordered) {
        return join({"INSERT INTO ", quoted, " (key, body) SELECT * FROM unnest($1::bytea[], $2::bytea[])"});
    }
    return join({"INSERT INTO ", quoted, " (", document_fields, ") SELECT * FROM unnest(", document_arrays, ")"});
}

std::string change_rows(std::string_view quoted) {
    return all_of(join({"UPDATE ", quoted, " d SET ", assignments(TableKind::documents, "u"), " FROM unnest(",
                        document_arrays, ", $8::bigint[], $9::bigint[]) u(", document_fields,
                        ", expected, rid) WHERE d.key = u.key AND d.version = u.expected"
                        " AND (u.rid < 0 OR d.rid = u.rid)"}),
                  "$10");
}

std::string erase_rows(std::string_view quoted) {
    return all_of(join({"DELETE FROM ", quoted,
                        " d USING unnest($1::bytea[], $2::bigint[], $3::bigint[]) u(key, expected, rid)"
                        " WHERE d.key = u.key AND d.version = u.expected AND (u.rid < 0 OR d.rid = u.rid)"}),
                  "$4");
}

// A pair that is there already counts as changed, one of another row does not.
constexpr std::string_view unless_of_another_row =
    " ON CONFLICT (key) DO UPDATE SET rid = excluded.rid WHERE i.rid = excluded.rid";

// `pairs` selects key and rid.
std::string add_pairs(std::string_view quoted, bool is_unique, std::string_view pairs) {
    const std::string insert = join({"INSERT INTO ", quoted, " AS i (key, rid) ", pairs});
    if (!is_unique) return insert + " ON CONFLICT DO NOTHING";
    return all_of(join({insert, unless_of_another_row}), "$3");
}

std::string single_pair_sql(std::string_view quoted, TableKind kind, Run::Kind run) {
    if (run == Run::Kind::remove) return join({"DELETE FROM ", quoted, " WHERE key = $1 AND rid = $2"});
    const bool is_unique = kind == TableKind::unique_index;
    return join({"INSERT INTO ", quoted, " AS i (key, rid) VALUES ($1::bytea, $2::bigint)",
                 is_unique ? unless_of_another_row : " ON CONFLICT DO NOTHING"});
}

std::string pairs_sql(std::string_view quoted, TableKind kind, Run::Kind run) {
    if (run != Run::Kind::remove) {
        return add_pairs(quoted, kind == TableKind::unique_index, "SELECT * FROM unnest($1::bytea[], $2::bigint[])");
    }
    return join({"DELETE FROM ", quoted,
                 " i USING unnest($1::bytea[], $2::bigint[]) u(key, rid) WHERE i.key = u.key AND i.rid = u.rid"});
}

}  // namespace

std::string run_sql(std::string_view quoted, TableKind kind, Run::Kind run) {
    if (driver::is_index(kind)) return pairs_sql(quoted, kind, run);
    switch (run) {
        case Run::Kind::insert:
            return insert_rows(quoted, kind);
        case Run::Kind::put:
            return insert_rows(quoted, kind) + " ON CONFLICT (key) DO UPDATE SET " + assignments(kind, "excluded");
        case Run::Kind::change:
            return change_rows(quoted);
        case Run::Kind::remove:
            return join({"DELETE FROM ", quoted, " WHERE key = ANY ($1::bytea[])"});
        case Run::Kind::erase:
            return erase_rows(quoted);
        case Run::Kind::absence:
            break;
    }
    return join({"SELECT 1 / (count(*) = 0)::int FROM ", quoted, " WHERE key = ANY ($1::bytea[])"});
}

std::string single_sql(std::string_view quoted, TableKind kind, Run::Kind run) {
    if (driver::is_index(kind)) return single_pair_sql(quoted, kind, run);
    const bool documents = kind == TableKind::documents;
    const std::string insert =
        documents ? join({"INSERT INTO ", quoted, " (", document_fields, ") VALUES (", document_values, ")"})
                  : join({"INSERT INTO ", quoted, " (key, body) VALUES ($1::bytea, $2::bytea)"});
    switch (run) {
        case Run::Kind::insert:
            return insert + " ON CONFLICT DO NOTHING";
        case Run::Kind::put:
            return insert + " ON CONFLICT (key) DO UPDATE SET " + assignments(kind, "excluded");
        case Run::Kind::change:
            return join({"UPDATE ", quoted, " SET body = $2, doc = $3, version = $4, archived = $5, created = $6, ",
                         "updated = $7 WHERE key = $1 AND version = $8"});
        case Run::Kind::remove:
            return join({"DELETE FROM ", quoted, " WHERE key = $1"});
        case Run::Kind::erase:
            return join({"DELETE FROM ", quoted, " WHERE key = $1 AND version = $2"});
        case Run::Kind::absence:
            break;
    }
    // As many rows as there are "changed".
    return join({"SELECT WHERE NOT EXISTS (SELECT FROM ", quoted, " WHERE key = $1)"});
}

std::string add_entries_of_new_sql(std::string_view index, bool is_unique, std::string_view documents) {
    return add_pairs(index, is_unique,
                     join({"SELECT e.key, d.rid FROM unnest($1::bytea[], $2::bytea[]) e(key, document) JOIN ",
                           documents, " d ON d.key = e.document"}));
}

std::string reserve_sql(std::string_view quoted) {
    // Names of tables have no apostrophe in them.
    return join({"SELECT nextval((SELECT pg_get_serial_sequence('", quoted,
                 "', 'rid')::regclass)) FROM generate_series(1, $1::bigint)"});
}

std::string copy_sql(std::string_view quoted, TableKind kind, bool with_rids) {
    const std::string_view fields = kind == TableKind::ordered ? "key, body"
                                    : with_rids ? "key, rid, body, doc, version, archived, created, updated"
                                                : document_fields;
    return join({"COPY ", quoted, " (", fields, ") FROM STDIN (FORMAT binary)"});
}

}  // namespace sheaf::postgres
