#include "document/head.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include <sheaf/error.hpp>

namespace sheaf {

void throw_corrupt(const char* what) {
    throw Error(Code::corrupt, std::string("stored bytes are damaged: ") + what);
}

Head read_long_head(const char* p, const char* end) {
    const auto first = static_cast<unsigned char>(*p++);
    const auto info = static_cast<std::uint8_t>(first & 31);
    if (info > 27) throw_corrupt("a head of a form that sheaf does not write");
    const std::size_t width = std::size_t{1} << (info - 24);
    if (left(p, end) < width) throw_corrupt("a head ends early");
    return {static_cast<Major>(first >> 5), info, load_big_endian(p, width), p + width};
}

const char* skip_long(const char* p, const char* end) {
    for (std::uint64_t open = 1; open > 0;) {  // items still to be passed
        const Head head = read_head(p, end);
        --open;
        p = head.next;
        switch (head.major) {
            case Major::bytes:
            case Major::text:
                p += content(head, end).size();
                break;
            case Major::array:
                if (head.argument > left(p, end)) throw_corrupt("an array ends early");
                open += head.argument;
                break;
            case Major::map:
                if (head.argument > left(p, end) / 2) throw_corrupt("an object ends early");
                open += 2 * head.argument;
                break;
            case Major::tag:
                ++open;
                break;
            default:
                break;
        }
    }
    return p;
}

namespace {

double decode_half(std::uint64_t bits) {
    const int exponent = static_cast<int>(bits >> 10 & 31);
    const auto mantissa = static_cast<double>(bits & 1023);
    double value = 0;
    if (exponent == 0) {
        value = std::ldexp(mantissa, -24);
    } else if (exponent == 31) {
        value = mantissa == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    } else {
        value = std::ldexp(mantissa + 1024, exponent - 25);
    }
    return (bits & 0x8000) != 0 ? -value : value;
}

}  // namespace

double decode_float(const Head& head) {
    switch (head.info) {
        case 25:
            return decode_half(head.argument);
        case 26:
            return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(head.argument)));
        case 27:
            return std::bit_cast<double>(head.argument);
        default:
            throw_corrupt("a simple value that sheaf does not write");
    }
}

}  // namespace sheaf
