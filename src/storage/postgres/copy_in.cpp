#include "storage/postgres/copy_in.hpp"

#include <libpq-fe.h>

#include <exception>
#include <string_view>

#include "storage/postgres/pipeline.hpp"

namespace sheaf::postgres {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t chunk_bytes = 256 * 1024;
constexpr std::string_view header = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"sv;  // signature, flags, no extension
constexpr std::string_view trailer = "\377\377"sv;

// Returns what was thrown on the way; the server has been told to take everything back then.
std::exception_ptr stream(pg_conn* connection, const std::function<bool(std::string& data)>& data, ServerWait& wait,
                          const Control& control) {
    try {
        std::string chunk(header);
        for (bool more = true; more && PQstatus(connection) == CONNECTION_OK; chunk.clear()) {
            while (more && chunk.size() < chunk_bytes) {
                control.check();
                more = data(chunk);
            }
            if (!more) chunk.append(trailer);
            if (PQputCopyData(connection, chunk.data(), static_cast<int>(chunk.size())) != 1) wait.hang_up();
            wait.flush();
        }
        if (PQputCopyEnd(connection, nullptr) != 1) wait.hang_up();
        return nullptr;
    } catch (...) {
        if (PQputCopyEnd(connection, "the program has stopped sending rows") != 1) wait.hang_up();
        return std::current_exception();
    }
}

}  // namespace

std::optional<PostgresError> copy_in(pg_conn* connection, const std::string& sql,
                                     const std::function<bool(std::string& data)>& data, ServerWait& wait,
                                     const Control& control) {
    if (PQexitPipelineMode(connection) != 1 || PQsendQuery(connection, sql.c_str()) != 1) wait.hang_up();
    std::optional<PostgresError> error;
    std::exception_ptr thrown;
    while (const ResultHandle result = wait.next_result()) {
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_COPY_IN) {
            thrown = stream(connection, data, wait, control);
        } else if (status != PGRES_COMMAND_OK && !error) {
            error = error_of(connection, result.get());
        }
        if (PQstatus(connection) != CONNECTION_OK) break;
    }
    if (PQstatus(connection) != CONNECTION_OK && !error) error = error_of(connection, nullptr);
    if (PQstatus(connection) == CONNECTION_OK && PQenterPipelineMode(connection) != 1) wait.hang_up();
    if (thrown) std::rethrow_exception(thrown);
    return error;
}

}  // namespace sheaf::postgres
