#include <sheaf/database.hpp>
#include <sheaf/error.hpp>

#include <algorithm>

#include "commands/command.hpp"
#include "commands/reply.hpp"
#include "document/utf8.hpp"
#include "engine/collections.hpp"
#include "engine/store.hpp"
#include "query/operand.hpp"

namespace sheaf {

namespace commands {

std::span<const Command> all_commands() {
    using enum Reads;
    constexpr auto writes = Writes::yes;
    static constexpr Command commands[] = {
        {"aggregate", aggregate, snapshot, writes, aggregate_query},
        {"buildInfo", build_info},
        {"buildinfo", build_info},
        {"bulkWrite", bulk_write, local, writes},
        {"count", count, committed, Writes::no, count_query},
        {"create", create, local, writes},
        {"createIndexes", create_indexes, local, writes},
        {"delete", delete_documents, local, writes, delete_query},
        {"distinct", distinct, snapshot, Writes::no, distinct_query},
        {"drop", drop, local, writes},
        {"dropDatabase", drop_database, local, writes},
        {"dropIndexes", drop_indexes, local, writes},
        {"explain", explain, snapshot},
        {"find", find, snapshot, Writes::no, find_query},
        {"findAndModify", find_and_modify, local, writes, find_and_modify_query},
        {"findandmodify", find_and_modify, local, writes, find_and_modify_query},
        {"getMore", get_more},
        {"hello", hello},
        {"insert", insert, local, writes},
        {"isMaster", hello},
        {"ismaster", hello},
        {"killCursors", kill_cursors},
        {"listCollections", list_collections},
        {"listDatabases", list_databases},
        {"listIndexes", list_indexes},
        {"ping", ping},
        {"renameCollection", rename_collection, local, writes},
        {"update", update, local, writes, update_query},
    };
    return commands;
}

const Command& command_named(std::string_view name) {
    const auto commands = all_commands();
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return c.name == name; });
    if (found == commands.end()) {
        query::fail(Code::unsupported, 59, "there is no command " + std::string(utf8_prefix(name, 100)), {}, name);
    }
    return *found;
}

std::string Invocation::database_name() const {
    const View name = command["$db"];
    return name && name.type() == Type::string ? std::string(name.string()) : "sheaf";
}

namespace {

[[noreturn]] void refuse_name(std::string_view name, std::string_view why) {
    throw Error(Code::invalid_name, "\"" + std::string(utf8_prefix(name, 300)) + "\" " + std::string(why));
}

std::string checked_collection_name(std::string_view name) {
    if (name.starts_with('.')) refuse_name(name, "cannot name a collection: it begins with a dot");
    engine::check_collection_name(name);
    return std::string(name);
}

}  // namespace

std::string collection_name(View value) {
    if (value.type() != Type::string) {
        throw Error(Code::invalid_name, "a collection's name is a string, not " + query::describe(value));
    }
    return checked_collection_name(value.string());
}

std::string cursor_name(View value) {
    if (value.type() == Type::string && value.string().starts_with("$cmd.")) return std::string(value.string());
    return collection_name(value);
}

std::string collection_of_namespace(std::string_view name_space) {
    constexpr std::size_t longest_database = 63;
    const std::size_t dot = name_space.find('.');
    if (dot == std::string_view::npos) refuse_name(name_space, "is not database.collection");
    const std::string_view database = name_space.substr(0, dot);
    if (database.find('$') != std::string_view::npos) {
        throw Error(Code::invalid_argument, "a database's name has no $: " + std::string(utf8_prefix(database, 300)),
                    {.mongo = 20});
    }
    if (database.empty() || database.size() > longest_database) refuse_name(name_space, "names no database");
    if (database.find_first_of(std::string_view("/\\ \"\0", 5)) != std::string_view::npos) {
        refuse_name(name_space, "names no database: it has a character that cannot be in a name");
    }
    return checked_collection_name(name_space.substr(dot + 1));
}

}  // namespace commands

Document Database::run_command(const Document& command, const Control& control) {
    try {
        if (command.empty()) throw Error(Code::unsupported, "a command without a name", {.mongo = 59});
        const std::shared_ptr<engine::Store> store(std::shared_ptr<engine::Store>(), store_.get());
        Database database = make_database(store);
        control.check();
        store_->cursors().close_idle();
        const auto& definition = commands::command_named((*command.view().members().begin()).key);
        return definition.run({store, database, definition, command.view(), control});
    } catch (const Error& error) {
        return commands::error_reply(error);
    }
}

}  // namespace sheaf
