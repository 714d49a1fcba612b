#include "query/filter/type_set.hpp"

#include <algorithm>
#include <array>

namespace sheaf::query {

namespace {

constexpr std::uint32_t bit(int number) {
    return number > 0 && number < 32 ? std::uint32_t{1} << static_cast<unsigned>(number) : 0;
}

struct Alias {
    std::string_view name;
    int number;
};

constexpr auto aliases = std::to_array<Alias>({
    {"double", 1},    {"string", 2},     {"object", 3},      {"array", 4},    {"binData", 5},
    {"undefined", 6}, {"objectId", 7},   {"bool", 8},        {"date", 9},     {"null", 10},
    {"regex", 11},    {"dbPointer", 12}, {"javascript", 13}, {"symbol", 14},  {"javascriptWithScope", 15},
    {"int", 16},      {"timestamp", 17}, {"long", 18},       {"decimal", 19}, {"minKey", -1},
    {"maxKey", 127},
});

constexpr std::uint32_t number_bits = bit(1) | bit(16) | bit(18) | bit(19);

std::uint32_t bits_of(Type type) {
    switch (type) {
        case Type::missing:
            return 0;
        case Type::null:
            return bit(10);
        case Type::integer:
        case Type::number:
            return bit(1) | bit(16) | bit(18);
        case Type::string:
            return bit(2);
        case Type::object:
            return bit(3);
        case Type::array:
            return bit(4);
        case Type::bytes:
            return bit(5);
        case Type::object_id:
            return bit(7);
        case Type::boolean:
            return bit(8);
        case Type::datetime:
            return bit(9);
    }
    return 0;
}

}  // namespace

std::optional<TypeSet> TypeSet::of_alias(std::string_view alias) {
    if (alias == "number") return TypeSet(number_bits);
    const auto found = std::find_if(aliases.begin(), aliases.end(), [&](const Alias& a) { return a.name == alias; });
    if (found == aliases.end()) return std::nullopt;
    return TypeSet(bit(found->number));
}

std::optional<TypeSet> TypeSet::of_number(double number) {
    const auto found = std::find_if(aliases.begin(), aliases.end(), [&](const Alias& a) { return a.number == number; });
    if (found == aliases.end()) return std::nullopt;
    return TypeSet(bit(found->number));
}

TypeSet::Share TypeSet::share_of(Type type) const {
    const std::uint32_t wanted = bits_of(type);
    const std::uint32_t held = bits_ & wanted;
    return held == 0 ? Share::none : held == wanted ? Share::all : Share::some;
}

std::uint32_t TypeSet::bit_of(View value) {
    const Type type = value.type();
    if (type == Type::integer) return value.is_long() ? bit(18) : bit(16);
    if (type == Type::number) return bit(1);
    return bits_of(type);
}

}  // namespace sheaf::query
