// For the tests of this folder that need a server: its URL, and a schema of their own for each test.
// Threads: free functions.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <sheaf/error.hpp>

#include "storage/postgres/connection.hpp"
#include "storage/postgres/options.hpp"

namespace sheaf::postgres::test {

inline std::string server_url() {
    const char* url = std::getenv("SHEAF_TEST_POSTGRES");
    if (url == nullptr) throw std::runtime_error("no SHEAF_TEST_POSTGRES: run this with tools/with_postgres");
    return url;
}

// `more` as "name=value&name=value".
inline Options options_of(const std::string& more = "") {
    const std::string url = server_url();
    return parse_options(driver::StoreUrl::parse(url + (more.empty() ? "" : "&" + more)));
}

// The name of the code that is thrown, or "nothing"; `says` must stand in the message.
template <typename Function>
std::string error_of(Function&& function, std::string_view says = "") {
    try {
        std::forward<Function>(function)();
    } catch (const Error& error) {
        EXPECT_NE(error.message().find(says), std::string_view::npos) << error.what();
        return std::string(info(error.code()).name);
    }
    return "nothing";
}

class ServerTest : public ::testing::Test {
protected:
    ServerTest() { run(connection_, "CREATE SCHEMA " + schema_); }
    ~ServerTest() override {
        // Connections that tests have left in a transaction are gone by now.
        Connection last(options_.conninfo, options_, {});
        run(last, "DROP SCHEMA " + schema_ + " CASCADE");
    }

    static Result run(Connection& connection, std::string_view sql) {
        connection.send_once(sql);
        return connection.run({}).at(0);
    }
    Result run(std::string_view sql) { return run(connection_, sql); }
    std::int64_t number(std::string_view sql) { return run(sql).integer(0, 0); }
    std::unique_ptr<Connection> connect() const {
        return std::make_unique<Connection>(options_.conninfo, options_, Control{});
    }
    static std::int64_t pid(Connection& connection) { return run(connection, "SELECT pg_backend_pid()").integer(0, 0); }
    // Ends the server's side of a connection, and waits until it is gone.
    void terminate(std::int64_t pid) { run("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)"); }

    const std::string schema_ = "t_" + std::to_string(std::random_device()());
    const Options options_ = options_of("schema=" + schema_);
    Connection connection_{options_.conninfo, options_, {}};
};

}  // namespace sheaf::postgres::test
