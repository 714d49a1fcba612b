#include "query/expression/scratch.hpp"

#include <algorithm>
#include <cstring>

#include <sheaf/error.hpp>

#include "document/encoder.hpp"

namespace sheaf::query {

namespace {

constexpr std::size_t smallest_block = 1024;

template <std::size_t size>
View constant(const char (&bytes)[size]) {
    return View(bytes, bytes + size - 1);
}

std::size_t head_size(std::uint64_t argument) {
    return argument < 24 ? 1 : argument <= UINT8_MAX ? 2 : argument <= UINT16_MAX ? 3 : argument <= UINT32_MAX ? 5 : 9;
}

// Writes into memory whose size has been counted.
class Pen {
public:
    explicit Pen(char* p) : p_(p) {}
    void bytes(BytesView bytes) {
        std::memcpy(p_, bytes.data(), bytes.size());
        p_ += bytes.size();
    }
    void head(Major major, std::uint64_t argument) {
        Bytes encoded;
        Encoder(encoded).head(major, argument);
        bytes(encoded);
    }

private:
    char* p_;
};

}  // namespace

View null_value() {
    return constant("\xF6");
}

View boolean_value(bool value) {
    return value ? constant("\xF5") : constant("\xF4");
}

View empty_array() {
    return constant("\x80");
}

View empty_object() {
    return constant("\xA0");
}

char* Scratch::allocate(std::size_t size) {
    if (size > limit_ - used_) {
        throw Error(Code::limit_exceeded,
                    "an expression makes more than " + std::to_string(limit_) + " bytes of values");
    }
    used_ += size;
    if (size > free_) {
        const std::size_t block = std::max({size, smallest_block, blocks_.empty() ? 0 : 2 * blocks_.back().size});
        const std::size_t bounded = std::max(size, std::min(block, std::size_t{1} << 20));
        blocks_.push_back({std::unique_ptr<char[]>(new char[bounded]), bounded});
        next_ = blocks_.back().bytes.get();
        free_ = bounded;
    }
    char* const place = next_;
    next_ += size;
    free_ -= size;
    return place;
}

// Keeps one block, so that a stream of documents allocates once.
void Scratch::reset() {
    used_ = 0;
    if (blocks_.empty()) return;
    if (blocks_.size() > 1) blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    next_ = blocks_.back().bytes.get();
    free_ = blocks_.back().size;
}

View Scratch::keep(BytesView encoded) {
    char* const place = allocate(encoded.size());
    std::memcpy(place, encoded.data(), encoded.size());
    return View(place, place + encoded.size());
}

View Scratch::integer(Integer value) {
    small_.clear();
    Encoder(small_).integer(value);
    return keep(small_);
}

View Scratch::number(double value) {
    small_.clear();
    Encoder(small_).number(value);
    return keep(small_);
}

View Scratch::datetime(DateTime time) {
    small_.clear();
    Encoder(small_).datetime(time);
    return keep(small_);
}

View Scratch::string(std::string_view text) {
    const std::size_t size = head_size(text.size()) + text.size();
    char* const place = allocate(size);
    Pen pen(place);
    pen.head(Major::text, text.size());
    pen.bytes(text);
    return View(place, place + size);
}

View Scratch::value(const Value& value) {
    return keep(encode(value));
}

View Scratch::copy(View value) {
    return value ? keep(value.encoded()) : value;
}

View Scratch::array(std::span<const View> elements) {
    std::size_t size = head_size(elements.size());
    for (const View element : elements) size += element ? element.encoded().size() : 1;
    char* const place = allocate(size);
    Pen pen(place);
    pen.head(Major::array, elements.size());
    for (const View element : elements) pen.bytes((element ? element : null_value()).encoded());
    return View(place, place + size);
}

View Scratch::object(std::span<const MemberView> members) {
    std::size_t count = 0;
    std::size_t size = 0;
    for (const auto& [key, value] : members) {
        if (!value) continue;
        ++count;
        size += head_size(key.size()) + key.size() + value.encoded().size();
    }
    size += head_size(count);
    char* const place = allocate(size);
    Pen pen(place);
    pen.head(Major::map, count);
    for (const auto& [key, value] : members) {
        if (!value) continue;
        pen.head(Major::text, key.size());
        pen.bytes(key);
        pen.bytes(value.encoded());
    }
    return View(place, place + size);
}

}  // namespace sheaf::query
