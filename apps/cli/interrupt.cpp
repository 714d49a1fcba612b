#include "interrupt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sheaf/error.hpp>

#include "failure.hpp"

namespace sheaf::cli {

namespace {

constexpr std::array<int, 3> signals = {SIGINT, SIGTERM, SIGHUP};

// A signal handler can reach nothing else.
constinit std::atomic<int> wake_fd{-1};

void on_signal(int) {
    const int saved = errno;
    const char byte = 's';
    [[maybe_unused]] const ssize_t n = ::write(wake_fd.load(), &byte, 1);
    errno = saved;
}

void handle(int number, void (*handler)(int)) {
    struct sigaction action {};
    // What the caller chose to ignore (nohup) stays ignored.
    if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) return;
    action = {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
    if (::pipe2(pipe_.data(), O_CLOEXEC) != 0) throw Error(Code::io, "cannot make a pipe");
    wake_fd.store(pipe_[1]);
    watcher_ = std::thread([this] { watch(pipe_[0]); });
    for (const int number : signals) handle(number, on_signal);
}

void Interrupt::watch(int fd) {
    char byte = 0;
    for (;;) {
        const ssize_t n = ::read(fd, &byte, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n != 1 || byte == 'e') return;
        if (!stop_.request_stop()) std::_Exit(exit_interrupted);
    }
}

Interrupt::~Interrupt() {
    for (const int number : signals) handle(number, SIG_DFL);
    const char byte = 'e';
    while (::write(pipe_[1], &byte, 1) < 0 && errno == EINTR) {
    }
    watcher_.join();
    ::close(pipe_[0]);
    ::close(pipe_[1]);
}

}  // namespace sheaf::cli
