// Where documents go: standard output, or a file that appears only when it is complete.
//
// Every failed write is an error: a full disk never looks like success.
// Threads: one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sheaf::cli {

// Opens what the caller of the program has closed of descriptors 0 to 2, so that no file of ours lands there and is
// written over by messages. Writing to them then fails, as it should.
void keep_standard_descriptors_taken();

// A buffered writer on a file descriptor that it does not own.
class Output {
public:
    // `name` is for error messages.
    Output(int fd, std::string name);
    // Tries to write what is left; finish() is what reports failures.
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(std::string_view text);  // throws Error(io), OutputClosed
    void line(std::string_view text);
    void finish();

    bool is_terminal() const;
    std::size_t bytes_written() const { return total_; }

private:
    void flush();
    int fd_;
    std::string name_;
    std::string buffer_;
    std::size_t total_ = 0;
    bool broken_ = false;
};

// A file that takes its name in one step when it is complete and on the medium; until then, and when that fails, what
// had the name before stays as it was. What is not a regular file (a pipe, a device) is written to directly.
class NewFile {
public:
    explicit NewFile(const std::string& path);
    ~NewFile();  // removes what was not committed
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    Output& output() { return *output_; }
    void commit();

private:
    void open_temporary();
    std::string path_;       // of a file: with symbolic links followed
    std::string temporary_;  // empty: written to directly
    int fd_ = -1;
    std::optional<Output> output_;
};

}  // namespace sheaf::cli
