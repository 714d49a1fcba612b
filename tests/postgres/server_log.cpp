#include "postgres/server_log.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "support/postgres_schema.hpp"

namespace sheaf::testing_support {

namespace {

std::string read_from(const std::string& file, std::size_t begin) {
    std::ifstream in(file, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(begin));
    return {std::istreambuf_iterator<char>(in), {}};
}

// An entry's further lines begin with a tab; its first one is "... Query Text: SELECT ...".
std::string plans_with(std::string_view log, std::string_view word) {
    std::string found;
    while (!log.empty()) {
        std::size_t end = log.find('\n');
        while (end != std::string_view::npos && end + 1 < log.size() && log[end + 1] == '\t')
            end = log.find('\n', end + 1);
        const std::string_view entry = log.substr(0, end);
        log.remove_prefix(end == std::string_view::npos ? log.size() : end + 1);
        const bool is_plan = entry.find("Query Text: ") != std::string_view::npos;
        if (is_plan && entry.find(word) != std::string_view::npos) found.append(entry).append("\n");
    }
    return found;
}

}  // namespace

ServerLog::ServerLog(const std::string& role) {
    const char* file = std::getenv("SHEAF_TEST_POSTGRES_LOG");
    if (file == nullptr) throw std::runtime_error("this test reads the server's log: run it under tools/with_postgres");
    file_ = file;
    postgres_query("DO $$ BEGIN CREATE ROLE " + role +
                   " SUPERUSER LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;"
                   "ALTER ROLE " +
                   role +
                   " SET session_preload_libraries = 'auto_explain';"
                   "ALTER ROLE " +
                   role + " SET auto_explain.log_min_duration = 0");
}

// A statement's plan is logged when the server is done with it, which may be after its rows have come.
std::string ServerLog::plans_of(std::string_view word, const std::function<void()>& work) const {
    const std::size_t begin = read_from(file_, 0).size();
    work();
    for (int left = 100; left > 0; --left) {
        std::string plans = plans_with(read_from(file_, begin), word);
        if (!plans.empty()) return plans;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    throw std::runtime_error("the server has logged no plan of a statement with " + std::string(word));
}

}  // namespace sheaf::testing_support
