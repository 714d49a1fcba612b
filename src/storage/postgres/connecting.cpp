#include "storage/postgres/connecting.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

#include <sheaf/error.hpp>

#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/postgres_error.hpp"

namespace sheaf::postgres {

namespace {

using Clock = Control::Clock;

struct Failure {
    Code code;
    std::string words;
};

// libpq has no SQLSTATE of a failure to connect but in the verbose text: "FATAL:  28P01: password ...".
std::string_view sqlstate_in(std::string_view words) {
    constexpr std::size_t length = 5;
    const auto part = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    for (std::size_t at = words.find(":  "); at != std::string_view::npos; at = words.find(":  ", at + 1)) {
        const std::string_view found = words.substr(at + 3, length);
        if (found.size() == length && words.substr(at + 3 + length).starts_with(": ") &&
            std::all_of(found.begin(), found.end(), part)) {
            return found;
        }
    }
    return {};
}

// What libpq itself finds wrong, which does not get better by trying again. Anything else may be the network.
Code code_of_words(std::string_view words) {
    for (const std::string_view wrong : {"invalid ", "could not match ", "root certificate file"}) {
        if (words.starts_with(wrong)) return Code::invalid_url;
    }
    for (const std::string_view refused : {"no password supplied", "certificate verify failed", "does not support SSL",
                                           "does not match host name", "private key file", "root certificate file"}) {
        if (words.find(refused) != std::string_view::npos) return Code::unauthorized;
    }
    return Code::unavailable;
}

Failure failure_of(PGconn* connection) {
    const std::string_view words = PQerrorMessage(connection);
    const std::string_view sqlstate = sqlstate_in(words);
    if (sqlstate.empty()) return {code_of_words(words), one_line(words)};
    const PostgresError error(sqlstate, one_line(words));
    // A parameter that the server does not know, or a value that it does not take.
    const bool wrong = sqlstate.starts_with("42") || sqlstate.starts_with("22");
    return {error.code() == Code::internal && wrong ? Code::invalid_url : error.code(), std::string(error.message())};
}

Failure timed_out(PGconn* connection, std::chrono::seconds timeout) {
    return {Code::unavailable, "no answer from host \"" + std::string(PQhost(connection)) + "\", port " +
                                   std::string(PQport(connection)) + " within its connect_timeout of " +
                                   std::to_string(timeout.count()) + " s"};
}

ConnectionHandle start(const Conninfo& conninfo) {
    std::vector<const char*> keywords;
    std::vector<const char*> values;
    for (const auto& [keyword, value] : conninfo) {
        keywords.push_back(keyword.c_str());
        values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    ConnectionHandle connection(PQconnectStartParams(keywords.data(), values.data(), 0));
    if (!connection) throw std::bad_alloc();
    PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);  // with the SQLSTATE
    PQsetNoticeReceiver(
        connection.get(), [](void*, const PGresult*) {}, nullptr);
    return connection;
}

std::chrono::seconds timeout_of(const Conninfo& conninfo) {
    const std::string_view text = value_of(conninfo, "connect_timeout");
    int seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::chrono::seconds(std::max(seconds, 0));  // 0: none
}

// None: connected.
std::optional<Failure> attempt(const Conninfo& conninfo, Waiter& waiter, const Control& control,
                               ConnectionHandle& connection) {
    connection = start(conninfo);
    const std::chrono::seconds timeout = timeout_of(conninfo);
    std::optional<Clock::time_point> until = control.deadline;
    if (timeout > timeout.zero()) until = std::min(until.value_or(Clock::time_point::max()), Clock::now() + timeout);
    PostgresPollingStatusType status =
        PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (status != PGRES_POLLING_OK) {
        if (status == PGRES_POLLING_FAILED) return failure_of(connection.get());
        const short events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (waiter.wait(PQsocket(connection.get()), events, until, control.stop) == Waiter::Woke::ended) {
            control.check();
            return timed_out(connection.get(), timeout);
        }
        status = PQconnectPoll(connection.get());
    }
    return std::nullopt;
}

void prepare_for_pipeline(PGconn* connection) {
    constexpr int oldest = 130'000;
    if (PQserverVersion(connection) < oldest) {
        throw Error(Code::unsupported, "the PostgreSQL server has version " +
                                           std::string(PQparameterStatus(connection, "server_version")) +
                                           "; sheaf needs 13 or newer");
    }
    const char* encoding = PQparameterStatus(connection, "server_encoding");
    if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
        throw Error(Code::unsupported, "the database \"" + std::string(PQdb(connection)) + "\" is encoded in " +
                                           std::string(encoding == nullptr ? "nothing known" : encoding) +
                                           "; sheaf needs one that was made with ENCODING 'UTF8'");
    }
    PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
    if (PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1) {
        throw PostgresError("", one_line(PQerrorMessage(connection)));
    }
}

[[noreturn]] void give_up(const std::vector<Failure>& failures) {
    // While one of the hosts may come back, it is worth trying again.
    const auto transient = [](const Failure& failure) {
        return failure.code == Code::unavailable || failure.code == Code::busy;
    };
    const auto decisive = std::find_if(failures.begin(), failures.end(), transient);
    std::string words;
    for (const Failure& failure : failures) words.append(words.empty() ? "" : "; ").append(failure.words);
    throw Error(decisive == failures.end() ? failures.front().code : decisive->code, words);
}

}  // namespace

void CloseConnection::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

ConnectionHandle connect_to_server(const std::string& conninfo, Waiter& waiter, const Control& control) {
    std::vector<Failure> failures;
    for (const Conninfo& host : attempts(parse_conninfo(conninfo))) {
        control.check();
        ConnectionHandle connection;
        std::optional<Failure> failure = attempt(host, waiter, control, connection);
        if (!failure) {
            prepare_for_pipeline(connection.get());
            return connection;
        }
        failures.push_back(std::move(*failure));
    }
    give_up(failures);
}

}  // namespace sheaf::postgres
