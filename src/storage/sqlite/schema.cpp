#include "storage/sqlite/schema.hpp"

#include <algorithm>
#include <iterator>

#include <sheaf/error.hpp>

#include "storage/sqlite/names.hpp"
#include "storage/sqlite/sqlite_error.hpp"

namespace sheaf::sqlite {

namespace {

using driver::TableKind;

constexpr std::int64_t formats = 256;
constexpr std::int64_t last_epoch = (1 << 23) - 1;

constexpr std::string_view create_catalog =
    "CREATE TABLE _sheaf_tables(name TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, storage TEXT NOT NULL UNIQUE, "
    "last_rid INTEGER NOT NULL DEFAULT 0, description BLOB) WITHOUT ROWID";

struct Kind {
    TableKind kind;
    std::string_view name;
    std::string_view columns;
};
constexpr Kind kinds[] = {
    {TableKind::documents, "documents",
     "(rid INTEGER PRIMARY KEY, _id NOT NULL UNIQUE, data BLOB NOT NULL, metadata BLOB, _version INTEGER NOT NULL, "
     "_archived INTEGER NOT NULL DEFAULT 0, _created INTEGER NOT NULL, _updated INTEGER NOT NULL)"},
    {TableKind::ordered, "ordered", "(k BLOB PRIMARY KEY NOT NULL, v BLOB NOT NULL) WITHOUT ROWID"},
    {TableKind::index, "index", "(k BLOB NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY(k, rid)) WITHOUT ROWID"},
    {TableKind::unique_index, "unique_index", "(k BLOB NOT NULL PRIMARY KEY, rid INTEGER NOT NULL) WITHOUT ROWID"},
};

const Kind& kind_of(TableKind kind) {
    return *std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind& known) { return known.kind == kind; });
}

TableKind kind_of(std::string_view name) {
    for (const Kind& known : kinds) {
        if (known.name == name) return known.kind;
    }
    throw Error(Code::corrupt, "the catalog has a table of the unknown kind \"" + std::string(name) + "\"");
}

void run(const Connection& connection, std::string_view sql, Patience& patience) {
    Statement statement = connection.prepare(sql);
    while (connection.step_patiently(statement, patience)) continue;
}

enum class Found { empty, older_store, store };

Found inspect(const Connection& connection, const std::string& path, Patience& patience) {
    // The first read may have to wait for another process that recovers the file.
    Statement version = connection.prepare("PRAGMA user_version");
    connection.step_patiently(version, patience);
    const std::int64_t found_version = version.integer(0);
    const std::int64_t found_application = connection.number("PRAGMA application_id");
    if (connection.text("PRAGMA encoding") != "UTF-8") {
        throw Error(Code::unsupported, path + " keeps text in another encoding than UTF-8; sheaf has not made it");
    }
    if (found_application == application_id) {
        return format_of(found_version) == format_version ? Found::store : Found::older_store;
    }
    const std::int64_t objects = connection.number("SELECT count(*) FROM sqlite_master");
    if (found_application != 0 || found_version != 0 || objects != 0) {
        throw Error(Code::unsupported, path +
                                           " is a SQLite database of another program, not a sheaf store; nothing was "
                                           "changed in it. Give the name of a new file and import the data into it");
    }
    return Found::empty;
}

// Another process may have been faster: what there is to do is asked again within the transaction.
void make_current(const Connection& writer, const StoreOptions& options, Patience& patience) {
    run(writer, "BEGIN IMMEDIATE", patience);
    try {
        const Found found = inspect(writer, options.path, patience);
        if (found == Found::empty) {
            writer.execute(create_catalog);
            writer.execute("PRAGMA application_id=" + std::to_string(application_id));
        }
        if (found == Found::older_store) writer.execute("ALTER TABLE _sheaf_tables ADD COLUMN description BLOB");
        if (found != Found::store) writer.execute("PRAGMA user_version=" + std::to_string(format_version));
        writer.execute("COMMIT");
    } catch (...) {
        if (writer.in_transaction()) writer.execute("ROLLBACK");
        throw;
    }
}

void use_write_ahead_log(const Connection& writer, const StoreOptions& options, Patience& patience) {
    for (;;) {
        // SQLite does not ask the busy handler when two processes change the mode at once.
        try {
            const std::string mode = writer.text("PRAGMA journal_mode=WAL");
            if (mode == "wal") return;
            throw Error(Code::io, "the file system of " + options.path +
                                      " does not support SQLite's write-ahead log (" + "the journal mode stays \"" +
                                      mode + "\")");
        } catch (const SqliteError& error) {
            if (error.code() != Code::busy) throw;
        }
        if (!patience.pause()) patience.give_up("another process kept the store");
    }
}

}  // namespace

std::int64_t format_of(std::int64_t mark) {
    const std::int64_t format = mark % formats;
    if (format > format_version) {
        throw Error(Code::unsupported, "the store was written by a newer sheaf: it has format " +
                                           std::to_string(format) + ", this sheaf reads up to " +
                                           std::to_string(format_version));
    }
    if (format < 1) {
        throw Error(Code::corrupt, "the store says that it has format " + std::to_string(format) + ", which never was");
    }
    return format;
}

std::int64_t next_mark(std::int64_t mark) {
    const std::int64_t epoch = mark / formats;
    return (epoch == last_epoch ? 1 : epoch + 1) * formats + format_version;
}

void check_mark(std::int64_t mark) {
    if (format_of(mark) == format_version) return;
    throw Error(Code::corrupt, "another program has set the store's format back; it must not");
}

void open_store(Connection& writer, const StoreOptions& options) {
    const Control unlimited;
    Patience patience(unlimited, options.busy_timeout);
    const Found found = inspect(writer, options.path, patience);
    writer.require_writable();
    use_write_ahead_log(writer, options, patience);
    writer.execute(options.durability == driver::Durability::durable ? "PRAGMA synchronous=FULL"
                                                                     : "PRAGMA synchronous=NORMAL");
    writer.execute("PRAGMA journal_size_limit=67108864");
    if (found != Found::store) make_current(writer, options, patience);
}

Catalog::Catalog(const Connection& connection)
    : connection_(connection),
      find_(connection.prepare("SELECT kind, description, last_rid FROM _sheaf_tables WHERE name=?1")),
      list_(connection.prepare("SELECT name, kind, description FROM _sheaf_tables ORDER BY name")),
      raise_last_rid_(connection.prepare("UPDATE _sheaf_tables SET last_rid=max(last_rid, ?2) WHERE name=?1")) {}

std::optional<Catalog::Entry> Catalog::find(std::string_view name) {
    const Statement::Run running(find_);
    find_.bind_text(1, name);
    if (!find_.step()) return std::nullopt;
    return Entry{kind_of(find_.bytes(0)), Bytes(find_.bytes(1)), find_.integer(2)};
}

std::vector<driver::TableInfo> Catalog::list() {
    const Statement::Run running(list_);
    std::vector<driver::TableInfo> tables;
    while (list_.step()) {
        tables.push_back({std::string(list_.bytes(0)), kind_of(list_.bytes(1)), Bytes(list_.bytes(2))});
    }
    return tables;
}

void Catalog::create(std::string_view name, TableKind kind) {
    const std::string storage = storage_name(name);
    std::string sql = "CREATE TABLE " + quote_name(storage);
    run_ddl(sql.append(kind_of(kind).columns), storage);
    Statement add = connection_.prepare("INSERT INTO _sheaf_tables(name, kind, storage) VALUES(?1, ?2, ?3)");
    add.bind_text(1, name);
    add.bind_text(2, kind_of(kind).name);
    add.bind_text(3, storage);
    add.execute();
}

void Catalog::rename(std::string_view from, std::string_view to) {
    const std::string storage = storage_name(to);
    run_ddl("ALTER TABLE " + quote_name(storage_name(from)) + " RENAME TO " + quote_name(storage), storage);
    Statement update = connection_.prepare("UPDATE _sheaf_tables SET name=?2, storage=?3 WHERE name=?1");
    update.bind_text(1, from);
    update.bind_text(2, to);
    update.bind_text(3, storage);
    update.execute();
}

void Catalog::drop(std::string_view name) {
    connection_.execute("DROP TABLE " + quote_name(storage_name(name)));
    Statement remove = connection_.prepare("DELETE FROM _sheaf_tables WHERE name=?1");
    remove.bind_text(1, name);
    remove.execute();
}

void Catalog::describe(std::string_view name, BytesView description) {
    Statement update = connection_.prepare("UPDATE _sheaf_tables SET description=?2 WHERE name=?1");
    update.bind_text(1, name);
    update.bind_blob(2, description);
    update.execute();
}

void Catalog::raise_last_rid(std::string_view name, std::int64_t rid) {
    raise_last_rid_.bind_text(1, name);
    raise_last_rid_.bind(2, rid);
    raise_last_rid_.execute();
}

// `storage` is the name that the statement gives.
void Catalog::run_ddl(const std::string& sql, std::string_view storage) {
    try {
        connection_.execute(sql);
    } catch (const SqliteError& error) {
        if (!error.is_schema()) throw;
        Statement taken = connection_.prepare("SELECT type FROM sqlite_master WHERE name=?1 COLLATE NOCASE");
        taken.bind_text(1, storage);
        if (!taken.step()) throw;
        throw Error(Code::already_exists, "the file holds a " + std::string(taken.bytes(0)) + " named \"" +
                                              std::string(storage) + "\" that sheaf has not made");
    }
}

}  // namespace sheaf::sqlite
