// Ctrl-C as a stop token, for verbs that have something to say or to clean up before they end.
#pragma once

#include <array>
#include <stop_token>
#include <thread>

namespace sheaf::cli {

// While one lives, SIGINT, SIGTERM and SIGHUP request a stop instead of ending the program; a second one ends it at
// once. There may be one at a time; the constructor and the destructor belong to the main thread.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    std::stop_token token() const { return stop_.get_token(); }

private:
    void watch(int fd);
    std::stop_source stop_;
    std::array<int, 2> pipe_{};
    std::thread watcher_;
};

}  // namespace sheaf::cli
