// TypeSet: which of MongoDB's types a value may have, as $type and $jsonSchema name them. Types that sheaf does not
// hold are known and hold of no value.
//
// Threads: an immutable value.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sheaf/view.hpp>

namespace sheaf::query {

class TypeSet {
public:
    TypeSet() = default;
    // "double", "string", ..., "number". Nothing for any other name.
    static std::optional<TypeSet> of_alias(std::string_view alias);
    // 1, 2, ..., -1, 127. Nothing for any other number.
    static std::optional<TypeSet> of_number(double number);

    void add(TypeSet other) { bits_ |= other.bits_; }
    // How much it holds of the values of a type; integers and doubles are one.
    enum class Share { none, some, all };
    Share share_of(Type type) const;
    bool operator==(const TypeSet&) const = default;
    bool holds(View value) const { return (bits_ & bit_of(value)) != 0; }  // false for a missing value

private:
    explicit TypeSet(std::uint32_t bits) : bits_(bits) {}
    static std::uint32_t bit_of(View value);

    std::uint32_t bits_ = 0;
};

}  // namespace sheaf::query
