#include "base/temp_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf {

namespace {

[[noreturn]] void refuse(const std::string& doing, const std::string& directory, const std::string& why) {
    throw Error(Code::io, "cannot " + doing + " a temporary file in " + directory + ": " + why +
                              "; TMPDIR can name another directory");
}

std::string system_directory() {
    try {
        return std::filesystem::temp_directory_path().string();
    } catch (const std::filesystem::filesystem_error& error) {
        const std::string named = error.path1().string();  // not by every library
        refuse("make", named.empty() ? "the directory that TMPDIR names" : named, error.code().message());
    }
}

int open_named(const std::string& directory) {
    std::string path = directory + "/sheaf-XXXXXX";
    const int descriptor = mkostemp(path.data(), O_CLOEXEC);
    if (descriptor >= 0) unlink(path.c_str());
    return descriptor;
}

// Some file systems do not make files without a name: there the name lives for a moment.
int open_nameless(const std::string& directory) {
#ifdef O_TMPFILE
    const int descriptor = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return descriptor;
#endif
    return open_named(directory);
}

}  // namespace

TempFile::TempFile(std::string directory)
    : directory_(directory.empty() ? system_directory() : std::move(directory)),
      descriptor_(open_nameless(directory_)) {
    if (descriptor_ < 0) fail("make", errno);
}

TempFile::~TempFile() {
    if (descriptor_ >= 0) close(descriptor_);
}

TempFile::TempFile(TempFile&& other) noexcept
    : directory_(std::move(other.directory_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(std::exchange(other.size_, 0)) {}

TempFile& TempFile::operator=(TempFile&& other) noexcept {
    std::swap(directory_, other.directory_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(size_, other.size_);
    return *this;
}

void TempFile::append(BytesView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) fail("write", written < 0 ? errno : ENOSPC);
        size_ += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void TempFile::read(std::uint64_t offset, std::span<char> into) const {
    while (!into.empty()) {
        const ssize_t got = pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("read", errno);
        if (got == 0) refuse("read", directory_, "it ends early");
        offset += static_cast<std::uint64_t>(got);
        into = into.subspan(static_cast<std::size_t>(got));
    }
}

void TempFile::fail(const char* doing, int error) const {
    refuse(doing, directory_, std::generic_category().message(error));
}

}  // namespace sheaf
