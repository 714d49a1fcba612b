#include "base/clock.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf {

namespace {

class SystemClock final : public Clock {
public:
    DateTime now() override {
        const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
        return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
    }
};

void fill_from_kernel(std::span<unsigned char> bytes) {
    while (!bytes.empty()) {
        const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw Error(Code::io, "the system's random generator failed");
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

// Asks the kernel for a block at a time: a system call per id would cost more than the id.
class SystemRandom final : public Random {
public:
    void fill(std::span<unsigned char> bytes) override {
        if (bytes.size() > block_.size()) return fill_from_kernel(bytes);
        const std::lock_guard lock(mutex_);
        if (block_.size() - used_ < bytes.size()) {
            fill_from_kernel(block_);
            used_ = 0;
        }
        std::memcpy(bytes.data(), block_.data() + used_, bytes.size());
        used_ += bytes.size();
    }

private:
    std::mutex mutex_;
    std::array<unsigned char, 512> block_{};
    std::size_t used_ = block_.size();
};

}  // namespace

std::shared_ptr<Clock> system_clock() {
    return std::make_shared<SystemClock>();
}
std::shared_ptr<Random> system_random() {
    return std::make_shared<SystemRandom>();
}

UuidGenerator::UuidGenerator(std::shared_ptr<Clock> clock, std::shared_ptr<Random> random)
    : clock_(std::move(clock)), random_(std::move(random)) {}

std::string UuidGenerator::next() {
    std::array<unsigned char, 16> bytes{};
    random_->fill(bytes);
    {
        const std::lock_guard lock(mutex_);
        const std::int64_t now = clock_->now().ms;
        if (now > last_ms_) {
            last_ms_ = now;
            counter_ = 0;  // its upper half starts at random below half its range, so that it has room to rise
            for (int i = 0; i < 6; ++i) counter_ = counter_ << 8 | bytes[static_cast<std::size_t>(i)];
            counter_ &= (std::uint64_t{1} << 41) - 1;
        } else if (++counter_ == std::uint64_t{1} << 42) {
            ++last_ms_;
            counter_ = 0;
        }
        for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(last_ms_ >> (40 - 8 * i));
        bytes[6] = static_cast<unsigned char>(0x70 | (counter_ >> 38));
        bytes[7] = static_cast<unsigned char>(counter_ >> 30);
        bytes[8] = static_cast<unsigned char>(0x80 | (counter_ >> 24 & 0x3F));
        for (std::size_t i = 0; i < 3; ++i) bytes[9 + i] = static_cast<unsigned char>(counter_ >> (16 - 8 * i));
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 15];
    }
    return text;
}

}  // namespace sheaf
