#include "storage/postgres/result.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <string>
#include <string_view>

#include <sheaf/error.hpp>

#include "storage/postgres/big_endian.hpp"

namespace sheaf::postgres {

Result::Result(pg_result* result) : result_(result, PQclear) {}

std::size_t Result::rows() const {
    return static_cast<std::size_t>(PQntuples(result_.get()));
}

std::int64_t Result::affected() const {
    const std::string_view text = PQcmdTuples(result_.get());
    std::int64_t number = 0;  // stays so where the statement counts nothing
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

bool Result::is_null(std::size_t row, std::size_t column) const {
    return PQgetisnull(result_.get(), static_cast<int>(row), static_cast<int>(column)) != 0;
}

BytesView Result::bytes(std::size_t row, std::size_t column) const {
    const int at = static_cast<int>(row);
    const int in = static_cast<int>(column);
    return {PQgetvalue(result_.get(), at, in), static_cast<std::size_t>(PQgetlength(result_.get(), at, in))};
}

std::int64_t Result::integer(std::size_t row, std::size_t column) const {
    const BytesView value = bytes(row, column);
    switch (value.size()) {
        case 0:
            return 0;
        case 2:
            return static_cast<std::int16_t>(read_big_endian<std::uint16_t>(value));
        case 4:
            return static_cast<std::int32_t>(read_big_endian<std::uint32_t>(value));
        case 8:
            return static_cast<std::int64_t>(read_big_endian<std::uint64_t>(value));
        default:
            throw Error(Code::corrupt, "a column that holds a number has " + std::to_string(value.size()) + " bytes");
    }
}

bool Result::boolean(std::size_t row, std::size_t column) const {
    return read_big_endian<std::uint8_t>(bytes(row, column).substr(0, 1)) != 0;
}

}  // namespace sheaf::postgres
