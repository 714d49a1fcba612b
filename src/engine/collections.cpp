#include "engine/collections.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <sheaf/error.hpp>

#include "document/utf8.hpp"
#include "engine/catalog.hpp"

namespace sheaf::engine {

namespace {

// A building goes on by the collection's name, and would not find it again.
void refuse_while_building(const driver::TableInfo& table) {
    for (const IndexRecord& index : parse_record(table.description).indexes) {
        if (index.state != IndexState::building) continue;
        throw Error(Code::conflict,
                    "\"" + table.name + "\" cannot be renamed while its index \"" + index.name +
                        "\" is being built: finish that with the same create_index(), or drop the index",
                    {.collection = table.name, .index = index.name});
    }
}

std::optional<driver::TableInfo> find_collection(driver::Transaction& tx, std::string_view name) {
    std::optional<driver::TableInfo> table = tx.find_table(name);
    if (table && table->kind != driver::TableKind::documents) table.reset();
    return table;
}

}  // namespace

void check_collection_name(std::string_view name) {
    constexpr std::size_t max_name_bytes = 128;
    const auto refuse = [&](std::string_view why) {
        std::string shown(name.substr(0, max_name_bytes));
        shown.resize(utf8_error_offset(shown));  // not a part of a character
        throw Error(Code::invalid_name, "\"" + shown + "\" cannot name a collection: " + std::string(why),
                    {.collection = shown});
    };
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    };
    if (name.empty()) refuse("it is empty");
    if (name.size() > max_name_bytes) refuse("it is longer than 128 bytes");
    if (!std::all_of(name.begin(), name.end(), allowed)) refuse("only letters, digits, _, - and . are allowed");
    if (name.starts_with("_sheaf_")) refuse("names that begin with _sheaf_ are sheaf's own");
}

void wait_for_writers(driver::Transaction& tx, std::string_view name) {
    try {
        tx.exclude_writers(name);
    } catch (const Error& error) {
        if (error.code() != Code::unsupported) throw;
    }
}

std::vector<std::string> collections_of(driver::Transaction& tx) {
    std::vector<std::string> names;
    for (driver::TableInfo& table : tx.tables()) {
        const bool is_collection = table.kind == driver::TableKind::documents && !table.name.starts_with("_sheaf_");
        if (is_collection) names.push_back(std::move(table.name));
    }
    return names;
}

void create_collection(driver::Transaction& tx, std::string_view name) {
    check_collection_name(name);
    if (tx.ensure_table(name, driver::TableKind::documents)) tx.describe_table(name, encode_description({}));
}

bool drop_collection(driver::Transaction& tx, std::string_view name) {
    check_collection_name(name);
    wait_for_writers(tx, name);
    const auto table = find_collection(tx, name);
    if (!table) return false;
    try {
        for (const IndexRecord& index : parse_record(table->description).indexes) tx.drop_table(index.table);
    } catch (const Error& error) {
        if (error.code() != Code::corrupt) throw;  // whose indexes cannot be told can still be dropped
    }
    return tx.drop_table(name);
}

void rename_collection(driver::Transaction& tx, std::string_view from, std::string_view to) {
    check_collection_name(from);
    check_collection_name(to);
    wait_for_writers(tx, from);  // nobody writes to what is not there yet
    const auto table = find_collection(tx, from);
    if (!table) {
        throw Error(Code::not_found, "there is no collection \"" + std::string(from) + "\"",
                    {.collection = std::string(from)});
    }
    if (tx.find_table(to)) {
        throw Error(Code::already_exists, "there is a collection \"" + std::string(to) + "\" already",
                    {.collection = std::string(to)});
    }
    refuse_while_building(*table);
    tx.rename_table(from, to);
}

}  // namespace sheaf::engine
