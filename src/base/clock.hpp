// The wall clock and randomness as seams, so that tests decide what time it is. Nothing else in sheaf asks the system.
// Threads: implementations are thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include <sheaf/types.hpp>

namespace sheaf {

class Clock {
public:
    virtual ~Clock() = default;
    virtual DateTime now() = 0;
};

class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<unsigned char> bytes) = 0;
};

std::shared_ptr<Clock> system_clock();
std::shared_ptr<Random> system_random();  // the kernel's generator, read in blocks

// UUIDv7 (RFC 9562) as 36 characters: milliseconds, then a counter that starts at random in each millisecond and only
// rises, so that ids of one generator are strictly increasing even when the clock steps back.
// Threads: thread-safe.
class UuidGenerator {
public:
    UuidGenerator(std::shared_ptr<Clock> clock, std::shared_ptr<Random> random);
    std::string next();

private:
    std::shared_ptr<Clock> clock_;
    std::shared_ptr<Random> random_;
    std::mutex mutex_;
    std::int64_t last_ms_ = 0;
    std::uint64_t counter_ = 0;  // 42 bits
};

}  // namespace sheaf
