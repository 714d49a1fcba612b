// ServerLog: the plans of all statements that a role of the test server runs, as the server's own log tells them
// (auto_explain), so that what is looked at is what was executed, prepared statements and their parameters included.
//
// Threads: one at a time. The role goes with the private server.
//
//     ServerLog log("watched");
//     auto database = open(schema.url_as("watched"));
//     const std::string plans = log.plans_of("_sheaf_i.", [&] { collection.find_one(filter); });
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sheaf::testing_support {

class ServerLog {
public:
    // Makes the role, a superuser.
    explicit ServerLog(const std::string& role);

    // The plans of the statements that name `word` among those that the work runs. Throws std::runtime_error when there
    // are none within some seconds.
    std::string plans_of(std::string_view word, const std::function<void()>& work) const;

private:
    std::string file_;
};

}  // namespace sheaf::testing_support
