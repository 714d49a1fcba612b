// Reading single rows and counting: each call is one statement.
//
// Threads: those of the session.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/session.hpp"

namespace sheaf::postgres {

// get(), get_many() and count() of driver::Transaction. Throw not_found.
std::optional<driver::Row> get_row(Session& session, std::string_view table, BytesView key);
std::vector<std::optional<driver::Row>> get_rows(Session& session, std::string_view table,
                                                 std::span<const BytesView> keys);
std::int64_t count_rows(Session& session, std::string_view table, std::span<const driver::KeyRange> ranges,
                        std::int64_t limit);

}  // namespace sheaf::postgres
