// One line on standard error that tells how far a long import or export is; nothing when that is not a terminal or when
// the work is done within a second. Removed at the end.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace sheaf::cli {

class Progress {
public:
    // `total_bytes` of what is read, where it is known: then there is a bar.
    explicit Progress(std::string verb, std::optional<std::uint64_t> total_bytes = {});
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // Cheap enough for every document.
    void update(std::uint64_t documents, std::uint64_t bytes);
    // Removes the line, so that a message can be written.
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    void draw(std::uint64_t documents, std::uint64_t bytes, Clock::time_point now);
    std::string verb_;
    std::optional<std::uint64_t> total_bytes_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_ = start_ + std::chrono::seconds(1);
    unsigned calls_ = 0;
    bool enabled_;
    bool drawn_ = false;
};

}  // namespace sheaf::cli
