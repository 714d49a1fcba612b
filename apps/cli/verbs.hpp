// The verbs, one file each: verb_NAME.cpp.
#pragma once

namespace sheaf::cli {

class Cli;

void add_import(Cli& cli);
void add_export(Cli& cli);
void add_find(Cli& cli);
void add_get(Cli& cli);
void add_count(Cli& cli);
void add_distinct(Cli& cli);
void add_aggregate(Cli& cli);
void add_group(Cli& cli);
void add_explain(Cli& cli);
void add_insert(Cli& cli);
void add_update(Cli& cli);
void add_replace(Cli& cli);
void add_delete(Cli& cli);
void add_restore(Cli& cli);
void add_purge(Cli& cli);
void add_expire(Cli& cli);
void add_collections(Cli& cli);
void add_drop(Cli& cli);
void add_rename(Cli& cli);
void add_describe(Cli& cli);
void add_index(Cli& cli);  // the family of those below
void add_index_create(Cli& cli);
void add_index_list(Cli& cli);
void add_index_drop(Cli& cli);
void add_index_verify(Cli& cli);
void add_copy(Cli& cli);
void add_verify(Cli& cli);
void add_command(Cli& cli);
void add_stats(Cli& cli);
void add_completion(Cli& cli);

}  // namespace sheaf::cli
