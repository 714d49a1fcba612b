// For the tests of this folder that need a store: backends in the test's own schema, and short forms.
// Threads: free functions.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <sheaf/driver/backend.hpp>

#include "document/key.hpp"
#include "storage/postgres/postgres_backend.hpp"
#include "storage/postgres/test_server.hpp"

namespace sheaf::postgres::test {

using driver::Backend;
using driver::Expect;
using driver::Isolation;
using driver::LockWait;
using driver::Mode;
using driver::Outcome;
using driver::TableKind;
using driver::Transaction;
using driver::Write;

class StoreTest : public ServerTest {
protected:
    // One more handle, as another program has it. `role`: another one than the server's owner.
    std::unique_ptr<Backend> open(const std::string& more = "", std::string_view role = "sheaf") const {
        std::string url = server_url();
        url.replace(url.find("sheaf@"), 5, role);
        return open_postgres(driver::StoreUrl::parse(url + "&schema=" + schema_ + (more.empty() ? "" : "&" + more)));
    }

    static std::unique_ptr<Transaction> read(Backend& backend, Isolation isolation = Isolation::serializable) {
        return backend.begin({.mode = Mode::read, .isolation = isolation});
    }
    static std::unique_ptr<Transaction> write(Backend& backend, Isolation isolation = Isolation::serializable,
                                              const Control& control = {}) {
        return backend.begin({.mode = Mode::write, .isolation = isolation, .control = control});
    }
    static void make_table(Backend& backend, std::string_view name, TableKind kind = TableKind::documents) {
        const auto transaction = write(backend);
        transaction->ensure_table(name, kind);
        transaction->commit();
    }

    static Bytes id(std::string_view text) { return encode_string_key(text); }
    static Outcome put(Transaction& transaction, std::string_view table, BytesView key, BytesView body) {
        const Write made{.key = key, .body = body, .meta = {.version = {1}}};
        return transaction.apply(table, {&made, 1}).at(0);
    }
    static void put_one(Backend& backend, std::string_view table, BytesView key, BytesView body) {
        const auto transaction = write(backend);
        EXPECT_EQ(put(*transaction, table, key, body), Outcome::done);
        transaction->commit();
    }
    static Bytes body(Transaction& transaction, std::string_view table, BytesView key) {
        const auto row = transaction.get(table, key);
        return row ? row->body : "(none)";
    }
    static Bytes body(Backend& backend, std::string_view table, BytesView key) {
        return body(*read(backend), table, key);
    }
};

}  // namespace sheaf::postgres::test
