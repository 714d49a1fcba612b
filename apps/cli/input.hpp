// Input: the bytes of a file or of standard input in bounded memory, with line and column.
//
// A UTF-8 byte-order mark is skipped, UTF-16 is refused by name.
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sheaf::cli {

struct Position {
    std::size_t line = 1;
    std::size_t column = 1;  // in bytes
};

class Input {
public:
    static constexpr int end = -1;

    // "-" is standard input. The token ends a wait for more bytes. Throws Error(io).
    Input(const std::string& path, std::stop_token stop);
    ~Input();
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    // The next byte, or `end`.
    int peek() { return at_ < filled_ || fill() ? static_cast<unsigned char>(buffer_[at_]) : end; }
    // What can be had without reading; empty at the end only. Valid until the next call.
    std::string_view buffered() {
        return at_ < filled_ || fill() ? std::string_view(buffer_.get() + at_, filled_ - at_) : std::string_view();
    }
    void consume(std::size_t bytes);

    Position position() const { return {line_, static_cast<std::size_t>(offset() - line_start_) + 1}; }
    std::uint64_t offset() const { return base_ + at_; }
    std::optional<std::uint64_t> size() const { return size_; }

private:
    bool fill();
    void wait_for_bytes();
    void skip_byte_order_mark();

    std::string name_;
    std::stop_token stop_;
    int fd_ = -1;
    std::optional<std::uint64_t> size_;
    std::unique_ptr<char[]> buffer_;
    std::size_t at_ = 0;
    std::size_t filled_ = 0;
    std::uint64_t base_ = 0;  // offset of the buffer's first byte
    std::size_t line_ = 1;
    std::uint64_t line_start_ = 0;
    bool at_end_ = false;
};

// Everything that standard input holds, up to a limit. Throws limit_exceeded.
std::string read_standard_input(std::size_t limit);

}  // namespace sheaf::cli
