#include <sheaf/database.hpp>
#include <sheaf/error.hpp>

#include <algorithm>

#include "commands/command.hpp"
#include "commands/reply.hpp"
#include "engine/store.hpp"
#include "query/operand.hpp"

namespace sheaf {

namespace commands {

namespace {

const Command& command_named(std::string_view name) {
    const auto commands = all_commands();
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return c.name == name; });
    if (found == commands.end()) {
        query::fail(Code::unsupported, 59, "there is no command " + std::string(name.substr(0, 100)), {}, name);
    }
    return *found;
}

}  // namespace

std::span<const Command> all_commands() {
    static constexpr Command commands[] = {
        {"aggregate", aggregate},
        {"buildInfo", build_info},
        {"buildinfo", build_info},
        {"bulkWrite", bulk_write},
        {"count", count},
        {"create", create},
        {"delete", delete_documents},
        {"distinct", distinct},
        {"drop", drop},
        {"find", find},
        {"findAndModify", find_and_modify},
        {"findandmodify", find_and_modify},
        {"getMore", get_more},
        {"hello", hello},
        {"insert", insert},
        {"isMaster", hello},
        {"ismaster", hello},
        {"killCursors", kill_cursors},
        {"listCollections", list_collections},
        {"ping", ping},
        {"renameCollection", rename_collection},
        {"update", update},
    };
    return commands;
}

std::string Invocation::database_name() const {
    const View name = command["$db"];
    return name && name.type() == Type::string ? std::string(name.string()) : "sheaf";
}

std::string collection_name(View value) {
    if (value.type() != Type::string) {
        throw Error(Code::invalid_name, "a collection's name is a string, not " + query::describe(value));
    }
    std::string name(value.string());
    engine::check_collection_name(name);
    return name;
}

std::string collection_of_namespace(std::string_view name_space) {
    const std::size_t dot = name_space.find('.');
    if (dot == 0 || dot >= name_space.size()) {
        throw Error(Code::invalid_name, "\"" + std::string(name_space.substr(0, 100)) + "\" is not database.collection");
    }
    const std::string name(name_space.substr(dot + 1));
    engine::check_collection_name(name);
    return name;
}

}  // namespace commands

Document Database::run_command(const Document& command, const Control& control) {
    try {
        if (command.empty()) throw Error(Code::unsupported, "a command without a name", {.mongo = 59});
        const std::shared_ptr<engine::Store> store(std::shared_ptr<engine::Store>(), store_.get());
        Database database = make_database(store);
        control.check();
        const commands::Invocation invocation{store, database, command.view(), control};
        return commands::command_named((*command.view().members().begin()).key).run(invocation);
    } catch (const Error& error) {
        return commands::error_reply(error);
    }
}

}  // namespace sheaf
