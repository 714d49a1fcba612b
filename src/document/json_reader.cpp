// JSON text to CBOR: simdjson's DOM, walked once into the Encoder.
#include <simdjson.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/encoder.hpp"
#include "document/extended_json.hpp"
#include "document/head.hpp"
#include "document/json_position.hpp"
#include "document/json_wrapper.hpp"
#include "document/place.hpp"
#include "document/unique_keys.hpp"

namespace sheaf {

namespace {

namespace dom = simdjson::dom;

// Memory that is kept from call to call.
struct Scratch {
    dom::parser parser;
    std::vector<std::string_view> keys;  // of the objects that are open, those of the innermost last
};

// Thrown for an integer that simdjson reads and int64 does not hold; the scanner then finds its position.
struct IntegerTooLarge {};

class Transcoder {
public:
    Transcoder(Bytes& out, std::vector<std::string_view>& keys, std::size_t depth)
        : encoder_(out), keys_(keys), depth_(depth) {
        keys_.clear();  // an earlier call may have thrown
    }

    void value(dom::element element, const Place& place, std::size_t depth) {
        using dom::element_type;
        switch (element.type()) {
            case element_type::OBJECT:
                return object(element.get_object().value_unsafe(), place, depth);
            case element_type::ARRAY:
                return array(element.get_array().value_unsafe(), place, depth);
            case element_type::STRING:
                return encoder_.string(element.get_string().value_unsafe());
            case element_type::INT64:
                return encoder_.integer(element.get_int64().value_unsafe());
            case element_type::DOUBLE:
                return encoder_.number(element.get_double().value_unsafe());
            case element_type::BOOL:
                return encoder_.boolean(element.get_bool().value_unsafe());
            case element_type::NULL_VALUE:
                return encoder_.null();
            case element_type::UINT64:
                throw IntegerTooLarge{};
        }
    }

private:
    void enter(const Place& place, std::size_t depth) const {
        if (depth < depth_) return;
        place.refuse(Code::limit_exceeded, "nested deeper than " + std::to_string(depth_) + " levels");
    }

    // simdjson counts up to 0xFFFFFF only.
    template <typename Container>
    static std::size_t count(const Container& container) {
        const std::size_t size = container.size();
        return size < 0xFFFFFF ? size : static_cast<std::size_t>(std::distance(container.begin(), container.end()));
    }

    void array(dom::array elements, const Place& place, std::size_t depth) {
        enter(place, depth);
        encoder_.begin_array(count(elements));
        Place child{.parent = &place, .in_array = true};
        for (const dom::element element : elements) {
            value(element, child, depth + 1);
            ++child.index;
        }
    }

    void object(dom::object members, const Place& place, std::size_t depth) {
        auto member = members.begin();
        const auto end = members.end();
        if (member != end) {
            if (const auto wrapper = wrapper_of(member.key())) {
                return write_wrapped(encoder_, *wrapper, members, place);
            }
        }
        enter(place, depth);
        encoder_.begin_object(count(members));
        const std::size_t first_key = keys_.size();
        Place child{.parent = &place};
        for (; member != end; ++member) {
            child.key = member.key();
            keys_.push_back(child.key);
            encoder_.key(child.key);
            value(member.value(), child, depth + 1);
        }
        if (const auto* key = find_equal_key(std::span(keys_).subspan(first_key))) {
            child.key = *key;
            child.refuse(Code::duplicate_field, "the key \"" + std::string(*key) + "\" stands twice in one object");
        }
        keys_.resize(first_key);
    }

    Encoder encoder_;
    std::vector<std::string_view>& keys_;
    std::size_t depth_;
};

Bytes transcode(std::string_view text, std::size_t depth, Scratch& scratch) {
    if (text.empty()) throw_json_fault(text, depth);  // may have no data(), which simdjson would copy from
    const auto parsed = scratch.parser.parse(text.data(), text.size());
    if (parsed.error() != simdjson::SUCCESS) throw_json_fault(text, depth);
    Bytes out;
    out.reserve(text.size());
    try {
        Transcoder(out, scratch.keys, depth).value(parsed.value_unsafe(), Place{}, 0);
    } catch (IntegerTooLarge) {
        throw_json_fault(text, depth);
    }
    return out;
}

}  // namespace

Bytes json_to_cbor(std::string_view text, const Limits& limits) {
    if (text.size() > limits.json_bytes) {
        throw Error(Code::limit_exceeded, "JSON text of " + std::to_string(text.size()) +
                                              " bytes is over the limit of " + std::to_string(limits.json_bytes));
    }
    constexpr std::size_t ordinary = 256 * 1024;  // what threads may keep; a larger text gets buffers of its own
    const std::size_t depth = std::min(limits.depth, std::size_t{max_stored_depth});
    Bytes out;
    if (text.size() <= ordinary) {
        thread_local Scratch scratch;
        out = transcode(text, depth, scratch);
    } else {
        Scratch scratch;
        out = transcode(text, depth, scratch);
    }
    if (out.size() > limits.document_bytes) {
        throw Error(Code::limit_exceeded, "a value of " + std::to_string(out.size()) + " bytes is over the limit of " +
                                              std::to_string(limits.document_bytes));
    }
    return out;
}

Value value_from_json(std::string_view text, const Limits& limits) {
    const Bytes encoded = json_to_cbor(text, limits);
    return View(encoded).to_value();
}

}  // namespace sheaf
