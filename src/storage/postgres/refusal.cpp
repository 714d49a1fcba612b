#include "storage/postgres/refusal.hpp"

#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

#include <sheaf/error.hpp>

namespace sheaf::postgres {

using driver::Expect;
using driver::IndexEntry;
using driver::Outcome;
using driver::TableKind;
using driver::Write;

namespace {

using Keys = std::vector<BytesView>;
using Owners = std::unordered_map<BytesView, std::int64_t>;  // the rids that a unique index has for keys

// The tables as far as the batch touches them, and what it does to them.
class Rehearsal {
public:
    Rehearsal(Session& session, const TableEntry& table, std::span<const Write> writes, const EntryTables& indexes)
        : kind_(table.kind) {
        for (const EntryTables::Table& index : indexes.all()) {
            if (index.is_unique) owners_[index.name];
        }
        if (kind_ == TableKind::unique_index) owners_[""];
        look(session, table, writes, indexes);
    }

    Outcome apply(const Write& write) {
        if (driver::is_index(kind_)) {
            const bool adds = write.kind == Write::Kind::put;
            return write_pair("", adds ? IndexEntry::Kind::add : IndexEntry::Kind::remove, write.key, write.meta.rid);
        }
        const auto row = rows_.find(write.key);
        const bool exists = row != rows_.end();
        if (write.expect.kind == Expect::Kind::absent && exists) return Outcome::duplicate;
        if (write.expect.kind == Expect::Kind::version && !(exists && is_expected(row->second, write))) {
            return Outcome::mismatch;
        }
        const std::int64_t rid = exists ? row->second.rid : --new_rid_;
        if (write.kind == Write::Kind::put) {
            rows_[write.key] = {write.meta.version.value, rid};
        } else if (exists) {
            rows_.erase(row);
        }
        for (const IndexEntry& entry : write.entries) {
            const Outcome outcome = write_pair(entry.index, entry.kind, entry.key, rid);
            if (outcome != Outcome::done) return outcome;
        }
        return Outcome::done;
    }

private:
    struct Row {
        std::int64_t version = 0;
        std::int64_t rid = 0;
    };

    void look(Session& session, const TableEntry& table, std::span<const Write> writes, const EntryTables& indexes) {
        Keys keys;
        std::map<std::string_view, Keys> taken;
        for (const Write& write : writes) {
            keys.push_back(write.key);
            for (const IndexEntry& entry : write.entries) taken[entry.index].push_back(entry.key);
        }
        results_ = session.run([&](Connection& connection) {
            const std::string_view columns = kind_ == TableKind::documents ? "key, version, rid"
                                             : kind_ == TableKind::ordered ? "key"
                                                                           : "key, rid";
            const auto send = [&](std::string_view what, const std::string& quoted, const Keys& of) {
                connection.send("SELECT " + std::string(what) + " FROM " + quoted + " WHERE key = ANY ($1::bytea[])",
                                Params().byte_strings(of));
            };
            send(columns, table.quoted, keys);
            for (const EntryTables::Table& index : indexes.all()) {
                if (index.is_unique) send("key, rid", index.quoted, taken[index.name]);
            }
        });
        std::size_t next = 0;
        read_rows(results_[next++]);
        for (const EntryTables::Table& index : indexes.all()) {
            if (index.is_unique) read_owners(results_[next++], owners_.find(index.name)->second);
        }
    }

    void read_rows(const Result& result) {
        if (kind_ == TableKind::unique_index) return read_owners(result, owners_.find("")->second);
        if (kind_ == TableKind::index) return;
        for (std::size_t i = 0; i < result.rows(); ++i) {
            Row& row = rows_[result.bytes(i, 0)];
            if (kind_ == TableKind::documents) row = {result.integer(i, 1), result.integer(i, 2)};
        }
    }

    static void read_owners(const Result& result, Owners& owners) {
        for (std::size_t i = 0; i < result.rows(); ++i) owners[result.bytes(i, 0)] = result.integer(i, 1);
    }

    static bool is_expected(const Row& row, const Write& write) {
        return row.version == write.expect.version.value && (write.entries.empty() || row.rid == write.meta.rid);
    }

    Outcome write_pair(std::string_view index, IndexEntry::Kind kind, BytesView key, std::int64_t rid) {
        const auto found = owners_.find(index);
        if (found == owners_.end()) return Outcome::done;  // a plain index takes all
        Owners& owners = found->second;
        const auto owner = owners.find(key);
        if (kind == IndexEntry::Kind::remove) {
            if (owner != owners.end() && owner->second == rid) owners.erase(owner);
            return Outcome::done;
        }
        if (owner != owners.end() && owner->second != rid) return Outcome::duplicate_entry;
        owners[key] = rid;
        return Outcome::done;
    }

    const TableKind kind_;
    std::vector<Result> results_;  // they lend the keys
    std::unordered_map<BytesView, Row> rows_;
    std::map<std::string, Owners, std::less<>> owners_;  // of unique indexes; "": the table itself
    std::int64_t new_rid_ = -1;
};

}  // namespace

std::vector<Outcome> rehearse(Session& session, const TableEntry& table, std::span<const Write> writes,
                              const EntryTables& indexes) {
    Rehearsal rehearsal(session, table, writes, indexes);
    std::vector<Outcome> outcomes(writes.size(), Outcome::done);
    for (std::size_t i = 0; i < writes.size(); ++i) {
        outcomes[i] = rehearsal.apply(writes[i]);
        if (outcomes[i] != Outcome::done) return outcomes;
    }
    throw Error(Code::serialization, "another transaction was writing the same rows; try again");
}

}  // namespace sheaf::postgres
