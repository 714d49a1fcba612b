#include "support/postgres_schema.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <stdexcept>

namespace sheaf::testing_support {

namespace {

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
};

// Of several tests on one server each gets another one, also when process numbers come again.
std::string new_name() {
    static std::atomic<int> count = 0;
    return "t_" + std::to_string(++count) + "_" + std::to_string(::getpid()) + "_" +
           std::to_string(std::random_device()());
}

}  // namespace

std::string postgres_server() {
    const char* url = std::getenv("SHEAF_TEST_POSTGRES");
    if (url != nullptr && *url != '\0') return url;
    throw std::runtime_error("this test needs a PostgreSQL server: run it under tools/with_postgres");
}

std::string postgres_query(std::string_view sql) {
    const std::unique_ptr<PGconn, Finish> connection(PQconnectdb(postgres_server().c_str()));
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr);
    const std::unique_ptr<PGresult, Finish> result(PQexec(connection.get(), std::string(sql).c_str()));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
        throw std::runtime_error(std::string(sql) + ": " + PQerrorMessage(connection.get()));
    }
    const int rows = PQntuples(result.get());
    return rows > 0 ? PQgetvalue(result.get(), rows - 1, 0) : "";
}

PostgresSchema::PostgresSchema() : name_(new_name()) {
    postgres_server();
}

// A transaction that is still open would make this wait for ever; what is left goes with the server.
PostgresSchema::~PostgresSchema() {
    try {
        postgres_query("SET lock_timeout = '10s'; DROP SCHEMA IF EXISTS " + name_ + " CASCADE");
    } catch (const std::exception& error) {
        std::cerr << "the schema of a test is left behind: " << error.what() << '\n';
    }
}

std::string PostgresSchema::url_as(std::string_view role, std::string_view parameters) const {
    std::string url = postgres_server();
    constexpr std::string_view superuser = "//sheaf@";
    const std::size_t at = url.find(superuser);
    if (at == std::string::npos) throw std::runtime_error("SHEAF_TEST_POSTGRES does not name the user sheaf: " + url);
    url.replace(at + 2, superuser.size() - 3, role);
    url.append(url.find('?') == std::string::npos ? "?" : "&").append("schema=").append(name_);
    if (!parameters.empty()) url.append("&").append(parameters);
    return url;
}

}  // namespace sheaf::testing_support
