#include <algorithm>
#include <array>
#include <utility>

#include "query/expression/numbers/numbers.hpp"
#include "query/expression/numbers/whole_number.hpp"
#include "query/filter/field_operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// Positions of bits, as the bytes of binary data that are not zero: position 0 is the lowest bit of the first byte.
// Positions may be large and few, so that a plain run of bytes would not do.
class BitMask {
public:
    static BitMask of_number(std::int64_t number) {
        BitMask mask;
        mask.number_ = static_cast<std::uint64_t>(number);
        for (std::uint32_t i = 0; i < 8; ++i) mask.add_byte(i, static_cast<unsigned char>(mask.number_ >> (8 * i)));
        return mask;
    }
    static BitMask of_bytes(BytesView bytes) {
        BitMask mask;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            mask.add_byte(static_cast<std::uint32_t>(i), static_cast<unsigned char>(bytes[i]));
        }
        for (const Byte& byte : mask.bytes_) {
            for (std::uint32_t bit = 0; bit < 8; ++bit) {
                if ((byte.bits >> bit & 1U) != 0) mask.add_to_number(8 * byte.index + bit);
            }
        }
        return mask;
    }
    static BitMask of_positions(std::vector<std::uint32_t> positions) {
        std::sort(positions.begin(), positions.end());
        BitMask mask;
        for (const std::uint32_t position : positions) {
            const auto bits = static_cast<unsigned char>(1U << (position % 8));
            if (mask.bytes_.empty() || mask.bytes_.back().index != position / 8) mask.add_byte(position / 8, bits);
            mask.bytes_.back().bits |= bits;
            mask.add_to_number(position);
        }
        return mask;
    }

    // Whether some of the bits are set, and whether some are clear.
    struct Found {
        bool set = false;
        bool clear = false;
    };
    Found in(std::int64_t value) const {
        const std::uint64_t set = static_cast<std::uint64_t>(value) & number_;
        return {set != 0, set != number_};
    }
    Found in(BytesView value) const {
        Found found;
        for (const Byte& byte : bytes_) {
            const unsigned char there = byte.index < value.size() ? static_cast<unsigned char>(value[byte.index]) : 0;
            found.set = found.set || (there & byte.bits) != 0;
            found.clear = found.clear || (there & byte.bits) != byte.bits;
        }
        return found;
    }

private:
    struct Byte {
        std::uint32_t index;
        unsigned char bits;
    };
    void add_byte(std::uint32_t index, unsigned char bits) {
        if (bits != 0) bytes_.push_back({index, bits});
    }
    // An integer goes on to the left with its sign.
    void add_to_number(std::uint32_t position) { number_ |= std::uint64_t{1} << std::min<std::uint32_t>(position, 63); }

    std::vector<Byte> bytes_;   // in order
    std::uint64_t number_ = 0;  // for integers
};

class BitsTest final : public ValueTest {
public:
    using Verdict = bool (*)(BitMask::Found);
    BitsTest(Verdict verdict, BitMask mask) : verdict_(verdict), mask_(std::move(mask)) {}
    bool test(View value) const override {
        if (value.type() == Type::bytes) return verdict_(mask_.in(value.bytes()));
        return value.is_number() && is_integral(value) && verdict_(mask_.in(integral_value(value)));
    }
    Kind kind() const override { return Kind::bits; }

private:
    Verdict verdict_;
    BitMask mask_;
};

bool all_set(BitMask::Found found) {
    return !found.clear;
}
bool any_set(BitMask::Found found) {
    return found.set;
}
bool all_clear(BitMask::Found found) {
    return !found.set;
}
bool any_clear(BitMask::Found found) {
    return found.clear;
}

BitMask parse_positions(const FilterField& field, View operand, std::string_view op) {
    std::vector<std::uint32_t> positions;
    positions.reserve(operand.size());
    for (const View element : operand.elements()) {
        const std::optional<std::int32_t> position = whole_number(element);
        if (!position || *position < 0) {
            refuse("needs positions that are whole numbers from 0 to 2147483647, not " + describe(element), field, op);
        }
        positions.push_back(static_cast<std::uint32_t>(*position));
    }
    return BitMask::of_positions(std::move(positions));
}

BitMask parse_mask(const FilterField& field, View operand, std::string_view op) {
    if (operand.type() == Type::bytes) return BitMask::of_bytes(operand.bytes());
    if (operand.is_array()) return parse_positions(field, operand, op);
    if (!operand.is_number()) {
        refuse("needs a number, binary data or an array of positions, not " + with_article(operand.type()), field, op);
    }
    if (!is_integral(operand) || integral_value(operand) < 0) {
        refuse("needs a mask that is a whole number from 0 on within 64 bits, not " + describe(operand), field, op, 9);
    }
    return BitMask::of_number(integral_value(operand));
}

struct BitOperator {
    std::string_view name;
    BitsTest::Verdict verdict;
};

constexpr BitOperator bits_all_set{"$bitsAllSet", all_set};
constexpr BitOperator bits_any_set{"$bitsAnySet", any_set};
constexpr BitOperator bits_all_clear{"$bitsAllClear", all_clear};
constexpr BitOperator bits_any_clear{"$bitsAnyClear", any_clear};

template <const BitOperator& op>
NodePtr parse_bits(const FilterField& field, View operand, const FilterContext&) {
    return make_leaf(field, std::make_unique<BitsTest>(op.verdict, parse_mask(field, operand, op.name)));
}

constexpr auto operators = std::to_array<FieldOperator>({
    {bits_all_set.name, parse_bits<bits_all_set>},
    {bits_any_set.name, parse_bits<bits_any_set>},
    {bits_all_clear.name, parse_bits<bits_all_clear>},
    {bits_any_clear.name, parse_bits<bits_any_clear>},
});

}  // namespace

std::span<const FieldOperator> bit_conditions() {
    return operators;
}

}  // namespace sheaf::query
