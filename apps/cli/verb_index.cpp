// sheaf index create|list|drop|verify: the family; a file for each verb.
#include "cli.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

void add_index(Cli& cli) {
    cli.family("index", "Makes, lists, drops and verifies indexes",
               R"(  sheaf index create app.db users '{"address.city": 1, "age": -1}'
  sheaf index list app.db users
  sheaf explain app.db users '{"address.city": "Kyoto"}')");
    add_index_create(cli);
    add_index_list(cli);
    add_index_drop(cli);
    add_index_verify(cli);
}

}  // namespace sheaf::cli
