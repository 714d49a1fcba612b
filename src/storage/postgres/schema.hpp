// What a store's schema looks like, how it is made and upgraded: once, however many programs start at the same time,
// under an advisory lock. Format: docs/formats/postgres.md.
//
//     _sheaf_store    (format integer)                                 one row
//     _sheaf_tables   (name text COLLATE "C" PRIMARY KEY, kind smallint, description bytea, changed bigint)
//     documents       (key bytea PRIMARY KEY, rid bigint NOT NULL DEFAULT nextval(its own sequence), body bytea,
//                      doc jsonb, version bigint, archived boolean, created bigint, updated bigint); index on rid
//     ordered         (key bytea PRIMARY KEY, body bytea)
//     index           (key bytea, rid bigint, PRIMARY KEY (key, rid))
//     unique_index    (key bytea PRIMARY KEY, rid bigint)
// No constraint but the primary key is unique, so that documents can be partitioned by hash of the key one day.
// What belongs to a table "t" is called t~key (the primary key), t~rid and t~seq: "~" stands in no other name.
//
// Threads: those of the connection.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/connection.hpp"

namespace sheaf::postgres {

inline constexpr std::int64_t format_version = 1;

// Makes the schema where it is missing and upgrades an older one. A role that may not create anything can open a store
// that is there. Throws unsupported for a newer format, unauthorized..., corrupt.
void prepare_schema(Connection& connection, const Options& options, const Control& control);

// DDL, for send_once(); names as storage_name() makes them. A table takes what belongs to it along.
std::vector<std::string> create_table_sql(std::string_view storage, driver::TableKind kind);
std::vector<std::string> rename_table_sql(std::string_view from, std::string_view to, driver::TableKind kind);
std::string drop_table_sql(std::string_view storage);

// A number for an advisory lock, the same for the same purpose and name in every program.
std::int64_t lock_number(std::string_view purpose, std::string_view name);

}  // namespace sheaf::postgres
