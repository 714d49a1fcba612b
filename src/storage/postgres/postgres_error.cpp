#include "storage/postgres/postgres_error.hpp"

#include <algorithm>

namespace sheaf::postgres {

namespace {

struct Meaning {
    std::string_view sqlstate;  // or the beginning of some
    Code code;
    std::string_view advice = {};
};

// The first that fits decides.
constexpr Meaning meanings[] = {
    {"40001", Code::serialization},
    {"40P01", Code::deadlock},
    {"55P03", Code::locked},
    {"57014", Code::deadline_exceeded,
     "the statement_timeout of the role or the database ended it, or an administrator"},
    {"42P01", Code::serialization, "another program has removed or renamed a table of the store meanwhile"},
    {"42501", Code::unauthorized, "docs/guide/postgres.md says which rights the role needs"},
    {"28", Code::unauthorized, "check the user and the password of the URL, and the server's pg_hba.conf"},
    {"3D000", Code::invalid_url, "create the database, or name another one in the URL"},
    {"53300", Code::busy, "raise the server's max_connections, or give a smaller pool= to the programs that use it"},
    {"53100", Code::io, "the server's disk is full"},
    {"58", Code::io},
    {"25006", Code::unavailable, "this server is a standby, or read-only; name all hosts in the URL"},
    {"25P02", Code::transaction_aborted},
    {"25P03", Code::unavailable},
    {"08", Code::unavailable},
    {"57P0", Code::unavailable},
    {"54", Code::limit_exceeded},
    {"0A000", Code::unsupported},
    {"XX001", Code::corrupt},
    {"XX002", Code::corrupt},
};

const Meaning* meaning_of(std::string_view sqlstate) {
    for (const Meaning& meaning : meanings) {
        if (sqlstate.starts_with(meaning.sqlstate)) return &meaning;
    }
    return nullptr;
}

std::string advised(std::string_view sqlstate, std::string_view message) {
    std::string text(message);
    const Meaning* meaning = meaning_of(sqlstate);
    if (meaning != nullptr && !meaning->advice.empty()) text.append("; ").append(meaning->advice);
    if (!sqlstate.empty()) text.append(" (SQLSTATE ").append(sqlstate).append(")");
    return text;
}

}  // namespace

PostgresError::PostgresError(std::string_view sqlstate, std::string_view message)
    : Error(code_of(sqlstate), advised(sqlstate, message)), sqlstate_(sqlstate) {}

bool PostgresError::lost_connection() const noexcept {
    const std::string_view state = sqlstate_;
    return state.empty() || state.starts_with("08") || state.starts_with("57P0") || state == "25P03";
}

Code code_of(std::string_view sqlstate) {
    if (sqlstate.empty()) return Code::unavailable;
    const Meaning* meaning = meaning_of(sqlstate);
    return meaning == nullptr ? Code::internal : meaning->code;
}

std::string one_line(std::string_view words) {
    constexpr std::string_view blanks = " \t";
    std::string text;
    while (!words.empty()) {
        std::string_view line = words.substr(0, words.find('\n'));
        words.remove_prefix(std::min(words.size(), line.size() + 1));
        line.remove_prefix(std::min(line.size(), line.find_first_not_of(blanks)));
        if (!line.empty() && !line.starts_with("LOCATION:")) text.append(text.empty() ? "" : "; ").append(line);
    }
    return text;
}

}  // namespace sheaf::postgres
