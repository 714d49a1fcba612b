#include <sheaf/database.hpp>
#include <sheaf/error.hpp>

namespace sheaf {

Document Database::run_command(const Document&, const Control&) {
    throw Error(Code::unsupported, "commands");
}

}  // namespace sheaf
