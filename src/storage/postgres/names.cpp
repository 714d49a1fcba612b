#include "storage/postgres/names.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include <sheaf/error.hpp>

#include "base/hash.hpp"

namespace sheaf::postgres {

namespace {

constexpr std::size_t max_storage_bytes = 63;  // PostgreSQL's NAMEDATALEN - 1
constexpr std::size_t hash_bytes = 8;          // of a name that is cut

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string hex(std::span<const unsigned char> bytes) {
    std::string text;
    for (const unsigned char byte : bytes) {
        text.push_back("0123456789abcdef"[byte >> 4U]);
        text.push_back("0123456789abcdef"[byte & 15U]);
    }
    return text;
}

}  // namespace

std::string storage_name(std::string_view name) {
    check_table_name(name);
    // The server looks for pg_... among its own tables first.
    const bool reserved = name == "_sheaf_store" || name == "_sheaf_tables" || name.starts_with("pg_");
    // Its sequence and indexes are named after a table, with up to eight bytes more.
    constexpr std::size_t longest = max_storage_bytes - 8;
    if (name.size() <= longest && !reserved) return std::string(name);
    const Sha256 hash = sha256(name);
    const std::string tail = "~" + hex(std::span(hash).first(hash_bytes));
    return std::string(name.substr(0, longest - tail.size())) + tail;
}

std::string quote_name(std::string_view storage_name) {
    const bool ours = !storage_name.empty() && storage_name.size() <= max_storage_bytes &&
                      std::all_of(storage_name.begin(), storage_name.end(),
                                  [](char c) { return driver::is_table_name_byte(c) || c == '~'; });
    if (!ours) throw Error(Code::corrupt, "the name of a table in the database is none that sheaf gives");
    return "\"" + std::string(storage_name) + "\"";
}

std::string channel_name(std::string_view schema) {
    constexpr std::string_view prefix = "sheaf_";
    if (schema.size() <= max_storage_bytes - prefix.size()) return std::string(prefix).append(schema);
    const Sha256 hash = sha256(schema);
    return std::string(prefix) + hex(std::span(hash).first(hash_bytes));
}

void check_schema_name(std::string_view schema) {
    const bool good = !schema.empty() && schema.size() <= max_storage_bytes && is_letter(schema.front()) &&
                      std::all_of(schema.begin(), schema.end(), [](char c) { return is_letter(c) || is_digit(c); }) &&
                      !schema.starts_with("pg_");
    if (good) return;
    throw Error(Code::invalid_url,
                "a schema's name is a letter or _, then letters, digits and _, at most 63; pg_... is PostgreSQL's own");
}

}  // namespace sheaf::postgres
