// sheaf completion bash|zsh
#include <memory>

#include "cli.hpp"
#include "completion.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

void add_completion(Cli& cli) {
    const auto shell = std::make_shared<std::string>();
    Verb verb = cli.verb("completion", "Prints a completion script for a shell",
                         "  source <(sheaf completion bash)\n  sheaf completion zsh > ~/.zfunc/_sheaf");
    verb.required("SHELL", *shell, "bash or zsh");
    verb.run([shell](Context& context) -> int {
        if (*shell != "bash" && *shell != "zsh") throw UsageError("completion is for bash or zsh, not for " + *shell);
        context.out.write(*shell == "bash" ? bash_completion(context.cli.app()) : zsh_completion(context.cli.app()));
        return exit_done;
    });
}

}  // namespace sheaf::cli
