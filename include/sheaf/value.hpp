// Value: a JSON-like value as a tree that can be built and changed. For reading stored documents prefer View, which
// reads the encoded bytes in place.
//
// Threads: like int; distinct Values may be used by distinct threads.
//
//     Value address = Value::object({{"city", "Kyoto"}, {"zip", 6008216}});
//     address.as_object().set("lines", Value::array({"a", "b"}));
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <sheaf/types.hpp>

namespace sheaf {

class Value;
struct Member;

using Array = std::vector<Value>;

// Keys in insertion order. Keys are unique: set() replaces.
class Object {
public:
    Object();
    Object(std::initializer_list<Member> members);  // throws duplicate_field
    Object(const Object&);
    Object(Object&&) noexcept;
    Object& operator=(const Object&);
    Object& operator=(Object&&) noexcept;
    ~Object();

    Value* find(std::string_view key);
    const Value* find(std::string_view key) const;
    // Replaces the value in place, or appends.
    Value& set(std::string_view key, Value value);
    // Appends without looking for an equal key; for callers that know the key is new.
    Value& append(std::string key, Value value);
    bool erase(std::string_view key);

    std::size_t size() const;
    bool empty() const { return size() == 0; }
    Member* begin();
    Member* end();
    const Member* begin() const;
    const Member* end() const;

    bool operator==(const Object&) const;

private:
    std::vector<Member> members_;
};

// An int64 with MongoDB's width: "int" when it fits 32 bits and is not marked, else "long". Order ignores the width.
struct Integer {
    std::int64_t value = 0;
    bool marked_long = false;  // a long although it fits 32 bits
    bool is_long() const { return marked_long || value != static_cast<std::int32_t>(value); }
    bool operator==(const Integer&) const = default;
};

class Value {
public:
    Value() = default;  // null
    Value(std::nullptr_t) {}
    Value(std::same_as<bool> auto boolean) : data_(boolean) {}
    template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>) Value(T integer)
        : data_(Integer{checked(integer), false}) {}
    Value(Integer integer) : data_(Integer{integer.value, integer.marked_long && !needs_long(integer.value)}) {}
    Value(double number) : data_(number) {}
    Value(const char* text) : data_(std::string(text)) {}
    Value(std::string_view text) : data_(std::string(text)) {}
    Value(std::string text) : data_(std::move(text)) {}
    Value(Binary bytes) : data_(std::move(bytes)) {}
    Value(DateTime time) : data_(time) {}
    Value(ObjectId id) : data_(id) {}
    Value(Array elements) : data_(std::move(elements)) {}
    Value(Object members) : data_(std::move(members)) {}
    Value(const void*) = delete;  // a pointer is not a bool

    static Value array(std::initializer_list<Value> elements) { return Value(Array(elements)); }
    static Value object(std::initializer_list<Member> members) { return Value(Object(members)); }
    // A MongoDB long even when it fits 32 bits.
    static Value long_integer(std::int64_t value) { return Value(Integer{value, true}); }

    Type type() const;
    bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
    bool is_array() const { return std::holds_alternative<Array>(data_); }
    bool is_object() const { return std::holds_alternative<Object>(data_); }

    // Each throws type_mismatch when the value has another type.
    bool as_boolean() const;
    Integer as_integer() const;
    double as_number() const;  // an integer is converted
    const std::string& as_string() const;
    const Binary& as_binary() const;
    DateTime as_datetime() const;
    ObjectId as_object_id() const;
    const Array& as_array() const;
    Array& as_array();
    const Object& as_object() const;
    Object& as_object();

    // Equal type, width and content, key order included; NaN equals NaN, 0.0 differs from -0.0.
    bool operator==(const Value& other) const;

private:
    static constexpr bool needs_long(std::int64_t value) { return value != static_cast<std::int32_t>(value); }
    template <std::integral T>
    static std::int64_t checked(T integer) {
        if constexpr (std::unsigned_integral<T> && sizeof(T) == sizeof(std::int64_t)) {
            if (integer > static_cast<T>(INT64_MAX)) throw_out_of_range();
        }
        return static_cast<std::int64_t>(integer);
    }
    [[noreturn]] static void throw_out_of_range();

    std::variant<std::monostate, bool, Integer, double, std::string, Binary, DateTime, ObjectId, Array, Object> data_;
};

struct Member {
    std::string key;
    Value value;
    bool operator==(const Member&) const = default;
};

// Here and not in the class because clang 14 needs Member to be complete.
inline Object::Object() = default;
inline Object::Object(const Object&) = default;
inline Object::Object(Object&&) noexcept = default;
inline Object& Object::operator=(const Object&) = default;
inline Object& Object::operator=(Object&&) noexcept = default;
inline Object::~Object() = default;
inline std::size_t Object::size() const {
    return members_.size();
}
inline Member* Object::begin() {
    return members_.data();
}
inline Member* Object::end() {
    return members_.data() + members_.size();
}
inline const Member* Object::begin() const {
    return members_.data();
}
inline const Member* Object::end() const {
    return members_.data() + members_.size();
}

}  // namespace sheaf
