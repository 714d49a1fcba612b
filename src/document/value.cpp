#include <sheaf/error.hpp>
#include <sheaf/value.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>

namespace sheaf {

static_assert(std::is_nothrow_move_constructible_v<Value>);

Object::Object(std::initializer_list<Member> members) : members_(members) {
    for (auto a = members_.begin(); a != members_.end(); ++a) {
        for (auto b = members_.begin(); b != a; ++b) {
            if (a->key == b->key) throw Error(Code::duplicate_field, "the key \"" + a->key + "\" stands twice");
        }
    }
}

Value* Object::find(std::string_view key) {
    const auto found = std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.key == key; });
    return found == members_.end() ? nullptr : &found->value;
}

const Value* Object::find(std::string_view key) const {
    return const_cast<Object*>(this)->find(key);
}

Value& Object::set(std::string_view key, Value value) {
    if (Value* present = find(key)) return *present = std::move(value);
    return append(std::string(key), std::move(value));
}

Value& Object::append(std::string key, Value value) {
    members_.push_back({std::move(key), std::move(value)});
    return members_.back().value;
}

bool Object::erase(std::string_view key) {
    return std::erase_if(members_, [&](const Member& member) { return member.key == key; }) > 0;
}

bool Object::operator==(const Object& other) const {
    return members_ == other.members_;
}

void Value::throw_out_of_range() {
    throw Error(Code::invalid_document, "an integer is beyond 9223372036854775807, the largest that sheaf holds");
}

Type Value::type() const {
    // In the order of the variant's alternatives.
    constexpr Type types[] = {Type::null,  Type::boolean,  Type::integer,   Type::number, Type::string,
                              Type::bytes, Type::datetime, Type::object_id, Type::array,  Type::object};
    return types[data_.index()];
}

namespace {

template <class T, class Data>
auto& require(Data& data, Type wanted, Type found) {
    if (auto* value = std::get_if<T>(&data)) return *value;
    throw Error(Code::type_mismatch, "expected " + std::string(name(wanted)) + ", found " + std::string(name(found)));
}

}  // namespace

bool Value::as_boolean() const {
    return require<bool>(data_, Type::boolean, type());
}
Integer Value::as_integer() const {
    return require<Integer>(data_, Type::integer, type());
}
double Value::as_number() const {
    if (const auto* integer = std::get_if<Integer>(&data_)) return static_cast<double>(integer->value);
    return require<double>(data_, Type::number, type());
}
const std::string& Value::as_string() const {
    return require<std::string>(data_, Type::string, type());
}
const Binary& Value::as_binary() const {
    return require<Binary>(data_, Type::bytes, type());
}
DateTime Value::as_datetime() const {
    return require<DateTime>(data_, Type::datetime, type());
}
ObjectId Value::as_object_id() const {
    return require<ObjectId>(data_, Type::object_id, type());
}
const Array& Value::as_array() const {
    return require<Array>(data_, Type::array, type());
}
Array& Value::as_array() {
    return require<Array>(data_, Type::array, type());
}
const Object& Value::as_object() const {
    return require<Object>(data_, Type::object, type());
}
Object& Value::as_object() {
    return require<Object>(data_, Type::object, type());
}

bool Value::operator==(const Value& other) const {
    const auto* a = std::get_if<double>(&data_);
    const auto* b = std::get_if<double>(&other.data_);
    if (a == nullptr || b == nullptr) return data_ == other.data_;
    if (std::isnan(*a) || std::isnan(*b)) return std::isnan(*a) && std::isnan(*b);
    return std::bit_cast<std::uint64_t>(*a) == std::bit_cast<std::uint64_t>(*b);
}

}  // namespace sheaf
