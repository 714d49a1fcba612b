// Params: the parameters of one statement, in their order, in PostgreSQL's binary format, in one buffer.
//
// Threads: a value. What is passed in is copied.
//
//     connection.send("SELECT body FROM users WHERE key = $1 AND version > $2", Params().bytes(key).integer(3));
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/bytes.hpp>

namespace sheaf::postgres {

// PostgreSQL's numbers of types; they never change.
namespace type {
inline constexpr unsigned boolean = 16;
inline constexpr unsigned bytea = 17;
inline constexpr unsigned bigint = 20;
inline constexpr unsigned text = 25;
inline constexpr unsigned booleans = 1000;
inline constexpr unsigned byteas = 1001;
inline constexpr unsigned bigints = 1016;
inline constexpr unsigned jsonb = 3802;
inline constexpr unsigned jsonbs = 3807;
inline constexpr unsigned jsonpath = 4072;
}  // namespace type

// Throws limit_exceeded when a parameter has more bytes than PostgreSQL takes (1 GiB).
class Params {
public:
    Params& integer(std::int64_t value);  // bigint
    Params& boolean(bool value);
    Params& bytes(BytesView value);  // bytea
    Params& text(std::string_view value);
    Params& json(std::string_view text);       // jsonb
    Params& json_path(std::string_view text);  // jsonpath
    Params& null(unsigned type);
    // Arrays of one dimension.
    Params& integers(std::span<const std::int64_t> values);
    Params& booleans(std::span<const bool> values);
    Params& byte_strings(std::span<const BytesView> values);
    Params& jsons(std::span<const std::string> values);  // an empty text: NULL

    std::size_t size() const { return types_.size(); }
    // For libpq.
    const std::vector<unsigned>& types() const { return types_; }
    const std::vector<int>& lengths() const { return lengths_; }
    const char* value(std::size_t place) const;  // null: NULL

private:
    void begin(unsigned type);
    void end();
    void begin_array(unsigned type, unsigned element, std::size_t size, std::size_t bytes, bool has_null);
    void element(std::string_view bytes);

    std::string data_{};
    std::vector<unsigned> types_{};
    std::vector<std::size_t> offsets_{};  // where each begins in data_
    std::vector<int> lengths_{};          // -1: NULL
};

}  // namespace sheaf::postgres
