#include "document/unique_keys.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace sheaf {

namespace {

constexpr std::size_t few = 32;

std::uint64_t load(const char* p, std::size_t width) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, width);
    return word;
}

// One of 64 buckets, from the length and the first and last bytes.
std::uint64_t bucket_bit(std::string_view key) {
    const std::size_t n = key.size();
    std::uint64_t ends = 0;
    if (n >= 8) {
        ends = load(key.data(), 8) * 3 + load(key.data() + n - 8, 8);
    } else if (n >= 4) {
        ends = load(key.data(), 4) << 32 | load(key.data() + n - 4, 4);
    } else if (n > 0) {
        ends = load(key.data(), 1) << 16 | load(key.data() + n / 2, 1) << 8 | load(key.data() + n - 1, 1);
    }
    return std::uint64_t{1} << ((ends + n) * 0x9E3779B97F4A7C15U >> 58);
}

// Only a key that shares its bucket with an earlier one is compared with those before it.
const std::string_view* find_among_few(std::span<std::string_view> keys) {
    std::uint64_t seen = 0;
    for (auto key = keys.begin(); key != keys.end(); ++key) {
        const std::uint64_t bit = bucket_bit(*key);
        if ((seen & bit) != 0 && std::find(keys.begin(), key, *key) != key) return &*key;
        seen |= bit;
    }
    return nullptr;
}

}  // namespace

const std::string_view* find_equal_key(std::span<std::string_view> keys) {
    if (keys.size() <= few) return find_among_few(keys);
    std::sort(keys.begin(), keys.end(), [](std::string_view a, std::string_view b) {
        return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    const auto twin = std::adjacent_find(keys.begin(), keys.end());
    return twin == keys.end() ? nullptr : &*twin;
}

}  // namespace sheaf
