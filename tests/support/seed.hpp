// The seed of a random test: SHEAF_SEED when set, else a new one. Tests print it, so that a failure can be repeated.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sheaf::testing_support {

// A number from the environment, or the fallback. A text that is not a number is refused rather than ignored.
inline std::uint64_t environment_number(const char* name, std::uint64_t fallback) {
    const char* text = std::getenv(name);
    if (text == nullptr || *text == '\0') return fallback;
    const std::string_view view(text);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), number);
    if (error != std::errc() || end != view.data() + view.size()) {
        throw std::invalid_argument(std::string(name) + " is not a number: " + std::string(view));
    }
    return number;
}

inline std::uint64_t random_seed() {
    return environment_number("SHEAF_SEED", std::random_device()());
}

}  // namespace sheaf::testing_support
