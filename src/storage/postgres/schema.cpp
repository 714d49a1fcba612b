#include "storage/postgres/schema.hpp"

#include <optional>

#include <sheaf/error.hpp>

#include "base/hash.hpp"
#include "storage/postgres/names.hpp"

namespace sheaf::postgres {

using driver::TableKind;

namespace {

std::string belonging(std::string_view storage, std::string_view what) {
    return quote_name(std::string(storage) + "~" + std::string(what));
}

// The catalog is asked by queries: to_regnamespace() would answer from what this connection remembers of it, though
// another program has made the schema meanwhile.
constexpr std::string_view look_sql =
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1),"
    " EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = $1 AND c.relname = '_sheaf_store')";

struct Found {
    bool schema = false;
    std::optional<std::int64_t> format{};  // none: no store
};

Found look(Connection& connection, const Options& options, const Control& control) {
    const Result names = connection.query(look_sql, Params().text(options.schema), control);
    Found found{.schema = names.boolean(0, 0)};
    if (!names.boolean(0, 1)) return found;
    const Result store =
        connection.query("SELECT format FROM " + quote_name(options.schema) + "._sheaf_store", {}, control);
    if (store.rows() != 1) {
        throw Error(Code::corrupt, "the table _sheaf_store of the schema \"" + options.schema +
                                       "\" does not have the one row that tells the store's format");
    }
    found.format = store.integer(0, 0);
    return found;
}

// Whether nothing has to be done. Format 1 is the first: there is none to upgrade from.
bool is_ready(const Found& found, const Options& options) {
    if (!found.format) return false;
    const std::string format =
        "the store in the schema \"" + options.schema + "\" has format " + std::to_string(*found.format);
    if (*found.format > format_version) {
        throw Error(Code::unsupported, format + ", which a newer sheaf has written; open it with that one");
    }
    if (*found.format < format_version) throw Error(Code::corrupt, format + ", which no sheaf has ever written");
    return true;
}

void make_store(Connection& connection, const Options& options, const Control& control) {
    connection.send("BEGIN");
    connection.send("SELECT pg_advisory_xact_lock($1)", Params().integer(lock_number("schema", options.schema)));
    connection.run(control);
    const Found found = look(connection, options, control);
    if (!is_ready(found, options)) {
        // Asked for by name only when it is missing: to ask needs the right to make schemas.
        const std::string schema = quote_name(options.schema);
        if (!found.schema) connection.send_once("CREATE SCHEMA " + schema);
        connection.send_once("CREATE TABLE " + schema + "._sheaf_store (format integer NOT NULL)");
        connection.send_once("CREATE TABLE " + schema +
                             "._sheaf_tables (name text COLLATE \"C\" PRIMARY KEY, kind smallint NOT NULL,"
                             " description bytea NOT NULL, changed bigint NOT NULL)");
        connection.send_once("INSERT INTO " + schema + "._sheaf_store VALUES (" + std::to_string(format_version) + ")");
    }
    connection.send("COMMIT");
    connection.run(control);
}

[[noreturn]] void refuse(const Error& error, const Options& options) {
    const std::string schema = "\"" + options.schema + "\"";
    throw Error(Code::unauthorized, "the role may not use or make the store in the schema " + schema + " (" +
                                        std::string(error.message()) +
                                        "). To make it: GRANT CREATE ON DATABASE, or CREATE SCHEMA " + schema +
                                        " AUTHORIZATION the role. To read it: GRANT USAGE ON SCHEMA " + schema +
                                        " and SELECT ON ALL TABLES IN SCHEMA " + schema);
}

}  // namespace

void prepare_schema(Connection& connection, const Options& options, const Control& control) {
    try {
        if (!is_ready(look(connection, options, control), options)) make_store(connection, options, control);
    } catch (const Error& error) {
        if (error.code() == Code::unauthorized) refuse(error, options);
        throw;
    }
}

std::vector<std::string> create_table_sql(std::string_view storage, TableKind kind) {
    const std::string table = quote_name(storage);
    const std::string key = "CONSTRAINT " + belonging(storage, "key") + " PRIMARY KEY";
    if (kind == TableKind::ordered) return {"CREATE TABLE " + table + " (key bytea " + key + ", body bytea NOT NULL)"};
    if (kind == TableKind::unique_index) {
        return {"CREATE TABLE " + table + " (key bytea " + key + ", rid bigint NOT NULL)"};
    }
    if (kind == TableKind::index) {
        return {"CREATE TABLE " + table + " (key bytea, rid bigint, " + key + " (key, rid))"};
    }
    const std::string sequence = belonging(storage, "seq");
    return {"CREATE SEQUENCE " + sequence,
            "CREATE TABLE " + table + " (key bytea " + key + ", rid bigint NOT NULL DEFAULT nextval('" + sequence +
                "'), body bytea NOT NULL, doc jsonb, version bigint NOT NULL, archived boolean NOT NULL,"
                " created bigint NOT NULL, updated bigint NOT NULL)",
            "ALTER SEQUENCE " + sequence + " OWNED BY " + table + ".rid",
            "CREATE INDEX " + belonging(storage, "rid") + " ON " + table + " (rid)"};
}

// All that belongs to it, too: the old name may be given to another table.
std::vector<std::string> rename_table_sql(std::string_view from, std::string_view to, TableKind kind) {
    const auto rename = [&](std::string_view type, std::string_view what) {
        return "ALTER " + std::string(type) + " " + belonging(from, what) + " RENAME TO " + belonging(to, what);
    };
    std::vector<std::string> all = {"ALTER TABLE " + quote_name(from) + " RENAME TO " + quote_name(to),
                                    rename("INDEX", "key")};
    if (kind == TableKind::documents) {
        all.push_back(rename("INDEX", "rid"));
        all.push_back(rename("SEQUENCE", "seq"));
    }
    return all;
}

std::string drop_table_sql(std::string_view storage) {
    return "DROP TABLE " + quote_name(storage);
}

std::int64_t lock_number(std::string_view purpose, std::string_view name) {
    const Sha256 hash = sha256("sheaf " + std::string(purpose) + " " + std::string(name));
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8U | hash[i];
    return static_cast<std::int64_t>(number);
}

}  // namespace sheaf::postgres
