// Commands: each is a function from an Invocation to a reply; errors are thrown and become replies in run_command.
//
// Threads: an Invocation serves one thread, for one command. Borrows everything.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <sheaf/database.hpp>

#include "commands/fields.hpp"
#include "engine/target.hpp"

namespace sheaf::commands {

struct Invocation;

// The most demanding read concern that MongoDB's command takes, and whether it takes a write concern.
enum class Reads : std::uint8_t { local, committed, snapshot };
enum class Writes : std::uint8_t { no, yes };

struct ExplainedQuery;

struct Command {
    std::string_view name;
    Document (*run)(const Invocation& invocation);
    Reads reads = Reads::local;
    Writes writes = Writes::no;
    // What explain makes of the command; null: nothing.
    ExplainedQuery (*query)(const Invocation& invocation) = nullptr;
};

struct Invocation {
    // Does not own the store, so that a cursor, which the store's registry holds, does not keep it alive.
    const std::shared_ptr<engine::Store>& store;
    Database& database;  // on the same
    const Command& definition;
    View command;
    const Control& control;

    View target() const { return (*command.members().begin()).value; }  // of the command's first field
    std::string database_name() const;                                  // $db, for namespaces in replies
    std::string namespace_of(std::string_view collection) const {
        return database_name() + "." + std::string(collection);
    }
    Collection collection(const std::string& name) const { return database.collection(name); }
    const Limits& limits() const { return store->limits(); }
};

// The name of the collection that a command works on. Throws invalid_name (73).
std::string collection_name(View value);
// The same, or the name that a cursor has that reads no collection, such as "$cmd.aggregate".
std::string cursor_name(View value);
// "db.collection" -> "collection". Throws invalid_name.
std::string collection_of_namespace(std::string_view name_space);

// All commands, in order of their names.
std::span<const Command> all_commands();
// Throws CommandNotFound (59).
const Command& command_named(std::string_view name);

// Throws for a read or write concern that the command does not take, and for an option that sheaf does not have.
void check_arguments(const Command& command, const CommonArguments& arguments);

// The arguments of a whole command; the command's own field stands in the table, too.
template <typename Arguments>
Arguments parse(const Invocation& invocation, std::span<const Field<Arguments>> fields) {
    Arguments arguments;
    arguments.control = invocation.control;
    parse_fields<Arguments>(
        invocation.command, invocation.definition.name, fields, arguments,
        [](Arguments& common, std::string_view key, View value) { return take_common(common, key, value); });
    check_arguments(invocation.definition, arguments);
    return arguments;
}

Document aggregate(const Invocation& invocation);
Document build_info(const Invocation& invocation);
Document bulk_write(const Invocation& invocation);
Document count(const Invocation& invocation);
Document create(const Invocation& invocation);
Document create_indexes(const Invocation& invocation);
Document delete_documents(const Invocation& invocation);
Document distinct(const Invocation& invocation);
Document drop(const Invocation& invocation);
Document drop_database(const Invocation& invocation);
Document drop_indexes(const Invocation& invocation);
Document explain(const Invocation& invocation);
Document find(const Invocation& invocation);
Document find_and_modify(const Invocation& invocation);
Document get_more(const Invocation& invocation);
Document hello(const Invocation& invocation);
Document insert(const Invocation& invocation);
Document kill_cursors(const Invocation& invocation);
Document list_collections(const Invocation& invocation);
Document list_databases(const Invocation& invocation);
Document list_indexes(const Invocation& invocation);
Document ping(const Invocation& invocation);
Document rename_collection(const Invocation& invocation);
Document update(const Invocation& invocation);

ExplainedQuery aggregate_query(const Invocation& invocation);
ExplainedQuery count_query(const Invocation& invocation);
ExplainedQuery delete_query(const Invocation& invocation);
ExplainedQuery distinct_query(const Invocation& invocation);
ExplainedQuery find_query(const Invocation& invocation);
ExplainedQuery find_and_modify_query(const Invocation& invocation);
ExplainedQuery update_query(const Invocation& invocation);

}  // namespace sheaf::commands
