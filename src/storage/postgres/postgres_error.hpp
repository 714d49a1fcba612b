// The one place where what libpq and the server say becomes sheaf's errors.
//
// Threads: free functions and values.
#pragma once

#include <string>
#include <string_view>

#include <sheaf/error.hpp>

namespace sheaf::postgres {

// A sheaf::Error that remembers the SQLSTATE. Its message is the server's, with what to do about it.
class PostgresError final : public Error {
public:
    PostgresError(std::string_view sqlstate, std::string_view message);

    const std::string& sqlstate() const noexcept { return sqlstate_; }
    bool is(std::string_view sqlstate) const noexcept { return sqlstate_ == sqlstate; }
    // The connection broke, or the server ended it.
    bool lost_connection() const noexcept;

private:
    std::string sqlstate_;  // "": none, the connection broke
};

namespace sqlstate {
inline constexpr std::string_view unique_violation = "23505";
inline constexpr std::string_view undefined_table = "42P01";
inline constexpr std::string_view lock_not_available = "55P03";
inline constexpr std::string_view query_canceled = "57014";
}  // namespace sqlstate

// 40001 serialization, 40P01 deadlock, 55P03 locked, 57014 deadline_exceeded (statement_timeout; when it is us who
// cancel, it never gets here), 53100 and 58xxx io, 53300 busy, 42P01 serialization (the catalog was out of date), 42501
// and 28xxx unauthorized, 3D000 invalid_url, 08xxx, 57P0x, 25P03 and none at all unavailable, 25006 unavailable (a
// standby where a primary is wanted: another host may be it), 25P02 transaction_aborted, 54xxx limit_exceeded, 0A000
// unsupported, XX001 and XX002 corrupt, the rest internal.
Code code_of(std::string_view sqlstate);

// What libpq says in several lines, in one, and without the place in the server's source.
std::string one_line(std::string_view words);

}  // namespace sheaf::postgres
