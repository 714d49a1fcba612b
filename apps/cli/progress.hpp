// One line on standard error that tells how far a long import, export or building of an index is; nothing when that is
// not a terminal or when the work is done within a second. Removed at the end.
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
    // For work that is counted in documents, of which there are `total`: the bar is theirs. Called now and then.
    void update_of(std::uint64_t documents, std::uint64_t total);
    // Removes the line, so that a message can be written.
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    bool is_time();
    void draw(std::uint64_t documents, std::optional<double> part, const std::string& amount);
    std::string verb_;
    std::optional<std::uint64_t> total_bytes_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_ = start_ + std::chrono::seconds(1);
    unsigned calls_ = 0;
    bool enabled_;
    bool drawn_ = false;
};

}  // namespace sheaf::cli
