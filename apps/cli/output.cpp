#include "output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sheaf/error.hpp>
#include <utility>

#include "failure.hpp"

namespace sheaf::cli {

namespace {

constexpr std::size_t buffer_bytes = 64U * 1024;

[[noreturn]] void fail(std::string_view what, std::string_view name, int error) {
    throw Error(Code::io, fmt::format("{} {}: {}", what, name, std::strerror(error)));
}

}  // namespace

void keep_standard_descriptors_taken() {
    for (int fd = 0; fd <= 2; ++fd) {
        if (::fcntl(fd, F_GETFD) >= 0) continue;
        // The lowest free descriptor is fd itself. Opened the wrong way round, so that use still fails.
        if (::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) std::_Exit(exit_failed);
    }
}

Output::Output(int fd, std::string name) : fd_(fd), name_(std::move(name)) {
    buffer_.reserve(buffer_bytes);
}

Output::~Output() {
    try {
        flush();
    } catch (...) {
        // finish() would have reported it; who does not call it is already reporting something else.
    }
}

void Output::write(std::string_view text) {
    total_ += text.size();
    buffer_.append(text);
    if (buffer_.size() >= buffer_bytes) flush();
}

void Output::line(std::string_view text) {
    write(text);
    write("\n");
}

void Output::flush() {
    std::string_view left = buffer_;
    while (!left.empty() && !broken_) {
        const ssize_t n = ::write(fd_, left.data(), left.size());
        if (n > 0) {
            left.remove_prefix(static_cast<std::size_t>(n));
        } else if (errno == EAGAIN) {  // somebody has made it non-blocking
            pollfd wait{fd_, POLLOUT, 0};
            ::poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            broken_ = true;
            if (errno == EPIPE) throw OutputClosed();
            fail("cannot write to", name_, errno);
        }
    }
    buffer_.clear();
}

void Output::finish() {
    flush();
}

bool Output::is_terminal() const {
    return ::isatty(fd_) == 1;
}

NewFile::NewFile(const std::string& path) : path_(path) {
    using std::filesystem::file_type;
    std::error_code error;
    const file_type type = std::filesystem::status(path, error).type();
    if (type == file_type::directory) fail("cannot write to", path, EISDIR);
    if (type == file_type::regular || type == file_type::not_found) {
        error.clear();
        if (std::filesystem::is_symlink(path)) path_ = std::filesystem::canonical(path, error).string();
        if (error) throw Error(Code::io, fmt::format("cannot write to {}: {}", path, error.message()));
        open_temporary();
    } else {
        fd_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    }
    if (fd_ < 0) fail("cannot write to", path, errno);
    output_.emplace(fd_, path_);
}

void NewFile::open_temporary() {
    struct stat old {};
    const bool exists = ::stat(path_.c_str(), &old) == 0;
    std::string name = path_ + ".XXXXXX";
    fd_ = ::mkstemp(name.data());
    if (fd_ < 0) return;
    temporary_ = name;
    const mode_t mask = ::umask(0);
    ::umask(mask);
    // The rights of the file that it replaces, else the usual ones. Where that fails it stays private, which is safe.
    [[maybe_unused]] const int done = ::fchmod(fd_, exists ? old.st_mode & 0777U : 0666U & ~mask);
}

NewFile::~NewFile() {
    output_.reset();
    if (fd_ >= 0) ::close(fd_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void NewFile::commit() {
    output_->finish();
    if (temporary_.empty()) return;
    if (::fsync(fd_) != 0) fail("cannot write to", path_, errno);
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot write to", path_, errno);
    temporary_.clear();
    const auto folder = std::filesystem::path(path_).parent_path();
    const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;  // the name is there; a folder that cannot be read cannot be synced either
    const bool synced = ::fsync(fd) == 0 || errno == EINVAL;
    const int error = errno;
    ::close(fd);
    if (!synced) fail("cannot sync the folder of", path_, error);
}

}  // namespace sheaf::cli
