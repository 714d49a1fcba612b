// The libFuzzer program: SHEAF_FUZZERS=ON with clang. `sheaf_fuzz -max_len=4096 DIR tests/fuzz/corpus` writes what it
// finds to DIR.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    sheaf::fuzz::play({reinterpret_cast<const char*>(data), size});  // a Violation ends the program
    return 0;
}
