// sheaf VERB STORE ...: parses the call, runs the verb, turns every failure into a message and an exit code.
#include <unistd.h>

#include <csignal>
#include <exception>
#include <new>
#include <sheaf/error.hpp>
#include <string>

#include "cli.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace sheaf::cli {

namespace {

void add_verbs(Cli& cli) {
    add_import(cli);
    add_export(cli);
    add_find(cli);
    add_get(cli);
    add_count(cli);
    add_distinct(cli);
    add_aggregate(cli);
    add_group(cli);
    add_explain(cli);
    add_insert(cli);
    add_update(cli);
    add_replace(cli);
    add_delete(cli);
    add_restore(cli);
    add_purge(cli);
    add_expire(cli);
    add_collections(cli);
    add_drop(cli);
    add_rename(cli);
    add_describe(cli);
    add_index(cli);
    add_copy(cli);
    add_verify(cli);
    add_command(cli);
    add_stats(cli);
    add_completion(cli);
}

std::string_view hint(const Error& error) {
    const ErrorDetails& details = error.details();
    switch (error.code()) {
        case Code::version_mismatch:
            if (!details.expected_version || !details.actual_version) return "";
            return "\nsomebody else has changed the document: read it again, then decide";
        case Code::busy:
            return "\nanother process is writing to the store; try again";
        default:
            return "";
    }
}

int run(int argc, char** argv) {
    Cli cli;
    try {
        add_verbs(cli);
        Output out(STDOUT_FILENO, "standard output");
        Context context{out, cli};
        const Action action = cli.parse(argc, argv, out);
        const int code = action ? action(context) : exit_done;
        out.finish();
        return code;
    } catch (const OutputClosed&) {
        return exit_failed;
    } catch (const UsageError& error) {
        message(std::string(error.what()) + "\ntry '" + cli.called() + " --help'");
        return exit_usage;
    } catch (const Failure& failure) {
        message(failure.what());
        return failure.exit_code();
    } catch (const Error& error) {
        message(std::string(error.what()).append(hint(error)));
        return error.code() == Code::cancelled ? exit_interrupted : info(error.code()).exit_code;
    } catch (const std::bad_alloc&) {
        message("out of memory");
    } catch (const std::exception& error) {
        message(std::string("internal: ") + error.what());
    }
    return exit_failed;
}

}  // namespace

}  // namespace sheaf::cli

int main(int argc, char** argv) {
    try {
        sheaf::cli::keep_standard_descriptors_taken();
        std::signal(SIGPIPE, SIG_IGN);
        return sheaf::cli::run(argc, argv);
    } catch (...) {
        return sheaf::cli::exit_failed;
    }
}
