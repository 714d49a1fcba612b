// Numbers as PostgreSQL's binary format has them: big-endian.
//
// Threads: free functions.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace sheaf::postgres {

template <std::unsigned_integral Number>
void append_big_endian(std::string& out, Number number) {
    std::array<char, sizeof(Number)> bytes{};
    for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
        bytes[byte] = static_cast<char>(number >> (8U * (bytes.size() - 1 - byte)));
    }
    out.append(bytes.data(), bytes.size());
}

// REQUIRES: as many bytes as the number has, or fewer.
template <std::unsigned_integral Number>
Number read_big_endian(std::string_view bytes) {
    Number number = 0;
    for (const char byte : bytes) number = static_cast<Number>((number << 8U) | static_cast<unsigned char>(byte));
    return number;
}

}  // namespace sheaf::postgres
