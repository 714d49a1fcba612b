#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace sheaf::cli {

namespace {

void to_stderr(std::string_view text) {
    [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, text.data(), text.size());
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
    return digits;
}

std::optional<double> part_of(std::uint64_t done, std::uint64_t total) {
    if (total == 0) return {};
    return std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
}

}  // namespace

Progress::Progress(std::string verb, std::optional<std::uint64_t> total_bytes)
    : verb_(std::move(verb)), total_bytes_(total_bytes), enabled_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    clear();
}

void Progress::update(std::uint64_t documents, std::uint64_t bytes) {
    if (!enabled_ || ++calls_ % 16 != 0 || !is_time()) return;
    draw(documents, part_of(bytes, total_bytes_.value_or(0)),
         fmt::format("{:.1f} MB, ", static_cast<double>(bytes) / 1e6));
}

void Progress::update_of(std::uint64_t documents, std::uint64_t total) {
    if (enabled_ && is_time()) draw(documents, part_of(documents, total), "");
}

bool Progress::is_time() {
    const auto now = Clock::now();
    if (now < next_) return false;
    next_ = now + std::chrono::milliseconds(100);
    return true;
}

void Progress::draw(std::uint64_t documents, std::optional<double> part, const std::string& amount) {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    std::string line = fmt::format("\r{}: ", verb_);
    if (part) {
        constexpr std::size_t cells = 24;
        const auto full = static_cast<std::size_t>(*part * static_cast<double>(cells));
        line += fmt::format("[{}{}] {:3.0f} % ", std::string(full, '#'), std::string(cells - full, '.'), *part * 100);
    }
    line += fmt::format("{} documents, {}{} per second\x1b[K", grouped(documents), amount,
                        grouped(static_cast<std::uint64_t>(static_cast<double>(documents) / seconds)));
    to_stderr(line);
    drawn_ = true;
}

void Progress::clear() {
    if (std::exchange(drawn_, false)) to_stderr("\r\x1b[K");
}

}  // namespace sheaf::cli
