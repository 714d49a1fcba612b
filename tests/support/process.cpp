#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>

extern char** environ;

namespace sheaf::testing_support {

namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// Files rather than pipes, so that a program that writes before it reads cannot block us both.
File temporary_file(std::string_view content = "") {
    File file(std::tmpfile());
    if (!file || std::fwrite(content.data(), 1, content.size(), file.get()) != content.size()) {
        throw std::runtime_error("no temporary file could be written");
    }
    std::rewind(file.get());
    return file;
}

std::string read_descriptor(int descriptor) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

std::string content_of(const File& file) {
    ::lseek(::fileno(file.get()), 0, SEEK_SET);
    return read_descriptor(::fileno(file.get()));
}

struct Redirection {
    int from;
    int to;
};

int spawn(const std::vector<std::string>& command, const std::vector<Redirection>& redirections) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const Redirection& one : redirections) posix_spawn_file_actions_adddup2(&actions, one.from, one.to);
    std::vector<char*> arguments;
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error("cannot start " + command.front());
    return pid;
}

int wait_for(int pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) throw std::runtime_error("cannot wait for a child process");
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Ran run(const std::vector<std::string>& command, std::string_view input) {
    const File in = temporary_file(input);
    const File out = temporary_file();
    const File err = temporary_file();
    const int pid = spawn(command, {{::fileno(in.get()), STDIN_FILENO},
                                    {::fileno(out.get()), STDOUT_FILENO},
                                    {::fileno(err.get()), STDERR_FILENO}});
    Ran ran;
    ran.exit_code = wait_for(pid);
    ran.out = content_of(out);
    ran.err = content_of(err);
    return ran;
}

Child::Child(const std::vector<std::string>& command) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe could be made");
    out_ = ends[0];
    try {
        pid_ = spawn(command, {{ends[1], STDOUT_FILENO}});
    } catch (...) {
        ::close(ends[0]);
        ::close(ends[1]);
        throw;
    }
    ::close(ends[1]);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), out_(std::exchange(other.out_, -1)) {}

Child::~Child() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
    }
    if (out_ >= 0) ::close(out_);
}

bool Child::has_output(std::chrono::milliseconds timeout) const {
    pollfd waited{.fd = out_, .events = POLLIN, .revents = 0};
    return ::poll(&waited, 1, static_cast<int>(timeout.count())) == 1 && (waited.revents & POLLIN) != 0;
}

void Child::kill_hard() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
}

int Child::wait() {
    const int code = wait_for(pid_);
    pid_ = -1;
    return code;
}

std::string Child::read_output() {
    return read_descriptor(out_);
}

}  // namespace sheaf::testing_support
