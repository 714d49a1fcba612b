// TempFile: bytes that do not fit in memory. The file has no name, so that the system takes it away with the last
// handle, also when the process is killed.
//
// Every failure throws `io`, names the directory and says what can be done.
//
// Threads: one at a time. Can be moved.
//
//     TempFile file;
//     file.append(bytes);
//     file.read(0, buffer);
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <sheaf/bytes.hpp>

namespace sheaf {

class TempFile {
public:
    // In the system's directory for temporary files ($TMPDIR, or else /tmp) when `directory` is empty.
    explicit TempFile(std::string directory = {});
    ~TempFile();
    TempFile(TempFile&& other) noexcept;
    TempFile& operator=(TempFile&& other) noexcept;

    std::uint64_t size() const { return size_; }
    void append(BytesView bytes);
    // Fills the whole of `into`. Also throws `io` where the file ends before.
    void read(std::uint64_t offset, std::span<char> into) const;

private:
    [[noreturn]] void fail(const char* doing, int error) const;

    std::string directory_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

}  // namespace sheaf
