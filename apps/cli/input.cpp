#include "input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sheaf/error.hpp>
#include <utility>

namespace sheaf::cli {

namespace {

constexpr std::size_t buffer_bytes = 256U * 1024;

[[noreturn]] void fail(const std::string& name, int error) {
    throw Error(Code::io, fmt::format("cannot read {}: {}", name, std::strerror(error)));
}

}  // namespace

Input::Input(const std::string& path, std::stop_token stop)
    : name_(path == "-" ? "standard input" : path), stop_(std::move(stop)), buffer_(new char[buffer_bytes]) {
    fd_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) fail(name_, errno);
    struct stat status {};
    if (::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode)) size_ = static_cast<std::uint64_t>(status.st_size);
    try {
        skip_byte_order_mark();
    } catch (...) {
        if (fd_ != STDIN_FILENO) ::close(fd_);
        throw;
    }
}

Input::~Input() {
    if (fd_ != STDIN_FILENO) ::close(fd_);
}

void Input::consume(std::size_t bytes) {
    const char* const from = buffer_.get() + at_;
    const char* const to = from + bytes;
    for (const char* p = from;
         (p = static_cast<const char*>(std::memchr(p, '\n', static_cast<std::size_t>(to - p))));) {
        ++p;
        ++line_;
        line_start_ = base_ + at_ + static_cast<std::size_t>(p - from);
    }
    at_ += bytes;
}

bool Input::fill() {
    if (at_end_) return false;
    base_ += filled_;
    at_ = filled_ = 0;
    for (;;) {
        wait_for_bytes();
        const ssize_t n = ::read(fd_, buffer_.get(), buffer_bytes);
        if (n > 0) {
            filled_ = static_cast<std::size_t>(n);
            return true;
        }
        if (n == 0) {
            at_end_ = true;
            return false;
        }
        if (errno != EINTR && errno != EAGAIN) fail(name_, errno);
    }
}

void Input::wait_for_bytes() {
    pollfd wait{fd_, POLLIN, 0};
    do {
        if (stop_.stop_requested()) throw Error(Code::cancelled, "interrupted");
    } while (::poll(&wait, 1, 100) <= 0);
}

void Input::skip_byte_order_mark() {
    const std::string_view start = buffered();
    if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) {
        throw Error(Code::invalid_json, name_ + " is UTF-16; sheaf reads UTF-8 (iconv -f UTF-16 -t UTF-8)");
    }
    if (!start.starts_with("\xEF\xBB\xBF")) return;
    consume(3);
    line_start_ = 3;
}

std::string read_standard_input(std::size_t limit) {
    Input input("-", {});
    std::string text;
    for (std::string_view part = input.buffered(); !part.empty(); part = input.buffered()) {
        if (part.size() > limit - text.size()) {
            throw Error(Code::limit_exceeded, fmt::format("standard input holds more than {} bytes", limit));
        }
        text.append(part);
        input.consume(part.size());
    }
    return text;
}

}  // namespace sheaf::cli
