// Runs a program to its end, or starts one to be killed: for tests of the command line and of crashes.
//
// Threads: run() may be called from any thread; a Child serves one. A Child that is still alive is killed and waited
// for when it ends.
//
//     const Ran ran = run({"/bin/cat", "-"}, "text for standard input");
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::testing_support {

struct Ran {
    int exit_code = 0;  // 128 + the signal when a signal has ended it
    std::string out;
    std::string err;
};

Ran run(const std::vector<std::string>& command, std::string_view input = "");

class Child {
public:
    // Starts the command; its standard output is read through read_output().
    explicit Child(const std::vector<std::string>& command);
    ~Child();
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;

    // Waits until there is output to read; false when there is none in time.
    bool has_output(std::chrono::milliseconds timeout) const;
    void kill_hard();  // SIGKILL
    int wait();        // the exit code, as in Ran
    // What the child has written, until it ends or closes its standard output; call after kill_hard() or for a child
    // that ends.
    std::string read_output();

private:
    int pid_ = -1;
    int out_ = -1;
};

}  // namespace sheaf::testing_support
