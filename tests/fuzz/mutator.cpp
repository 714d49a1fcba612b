#include "fuzz/mutator.hpp"

#include <cstdint>
#include <limits>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/encoder.hpp"

namespace sheaf::fuzz {

namespace {

Value nested(std::size_t depth, bool arrays) {
    Value made(1);
    for (; depth > 0; --depth) made = arrays ? Value::array({made}) : Value::object({{"$not", made}});
    return made;
}

void collect(Value& value, std::vector<Value*>& found) {
    found.push_back(&value);
    if (value.is_array()) {
        for (Value& one : value.as_array()) collect(one, found);
    } else if (value.is_object()) {
        for (Member& one : value.as_object()) collect(one.value, found);
    }
}

}  // namespace

Value Mutator::hostile() {
    using Real = std::numeric_limits<double>;
    static const std::vector<Value> values = {
        Value(),
        Value(true),
        Value(0),
        Value(-1),
        Value(1'000'000'000),
        Value(std::numeric_limits<std::int64_t>::max()),
        Value(std::numeric_limits<std::int64_t>::min()),
        Value(Real::quiet_NaN()),
        Value(Real::infinity()),
        Value(-0.0),
        Value(1e300),
        Value(0.5),
        Value(""),
        Value("$"),
        Value("$$"),
        Value("$a"),
        Value("$a..b"),
        Value("$$ROOT"),
        Value("a.b.c.d"),
        Value("a.0.$[].1000000"),
        Value(".a"),
        Value(std::string(300, 'a')),
        Value(std::string("a\0b", 3)),
        Value("\xf0\x9f\x98\x80"),
        Value("(a+)+$"),
        Value("%Y%"),
        Value(DateTime{std::numeric_limits<std::int64_t>::max()}),
        Value(DateTime{std::numeric_limits<std::int64_t>::min()}),
        Value(Binary{"\xff"}),
        Value(ObjectId{}),
        Value(Array{}),
        Value(Object{}),
        nested(25, true),
        nested(25, false),
    };
    return values[dice_.below(values.size())];
}

Value* Mutator::somewhere(Value& value) {
    std::vector<Value*> all;
    collect(value, all);
    return all[dice_.below(all.size())];
}

void Mutator::change(Value& value) {
    Value* place = somewhere(value);
    switch (dice_.below(6)) {
        case 0:
            *place = hostile();
            break;
        case 1: {  // a part of another sample
            Value other = samples_[dice_.below(samples_.size())].operand;
            *place = Value(*somewhere(other));
            break;
        }
        case 2: {  // a part of this one, which may be around the place
            const Value part = *somewhere(value);
            *place = part;
            break;
        }
        case 3:  // one member or element less
            if (place->is_array() && !place->as_array().empty()) {
                place->as_array().erase(place->as_array().begin() +
                                        static_cast<std::ptrdiff_t>(dice_.below(place->as_array().size())));
            } else if (place->is_object() && !place->as_object().empty()) {
                const std::string key = (place->as_object().begin() + dice_.below(place->as_object().size()))->key;
                place->as_object().erase(key);
            }
            break;
        case 4:  // one more
            if (place->is_array()) {
                place->as_array().push_back(hostile());
            } else if (place->is_object()) {
                Value other = samples_[dice_.below(samples_.size())].operand;
                const Value part = *somewhere(other);
                if (!part.is_object()) break;
                for (const auto& [key, member] : part.as_object()) place->as_object().set(key, member);
            }
            break;
        default:
            *place = dice_.chance(50) ? Value::array({*place}) : Value::object({{"$not", *place}});
            break;
    }
}

void Mutator::flip(std::string& text, std::size_t from) {
    if (text.size() <= from) return;
    for (std::size_t times = 1 + dice_.below(4); times > 0; --times) {
        char& byte = text[from + dice_.below(text.size() - from)];
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << dice_.below(8)));
    }
}

std::string Mutator::next() {
    const Sample& sample = samples_[dice_.below(samples_.size())];
    Value operand = sample.operand;
    for (std::size_t times = dice_.below(4); times > 0; --times) change(operand);
    const bool as_cbor = operand.is_object() && dice_.chance(20);
    std::string input = sample.kind + (as_cbor ? ":cbor\n" : "\n");
    const std::size_t begin = input.size();
    try {
        input += as_cbor ? encode(operand) : to_json(operand, {.mode = JsonMode::canonical});
    } catch (const Error&) {
        return input;  // too deep to be written at all
    }
    if (dice_.chance(as_cbor ? 60 : 10)) flip(input, begin);
    return input;
}

}  // namespace sheaf::fuzz
