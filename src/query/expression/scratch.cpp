#include "query/expression/scratch.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>

#include <sheaf/error.hpp>

#include "document/encoder.hpp"
#include "query/expression/expression.hpp"

namespace sheaf::query {

namespace {

constexpr std::size_t smallest_block = 1024;
constexpr std::size_t largest_block = std::size_t{1} << 20;  // unless one value is larger

constexpr std::size_t bytes_per_step = 64;  // of values that are made

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
        if (bytes.empty()) return;
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

void Scratch::require(std::size_t size) const {
    if (size <= left()) return;
    throw Error(Code::limit_exceeded, "an expression makes more than " + std::to_string(limit_) + " bytes of values");
}

void Scratch::charge_evaluation(std::size_t steps) {
    evaluation_->charge(steps);
}

char* Scratch::allocate(std::size_t size) {
    require(size);
    charge(size / bytes_per_step);
    used_ += size;
    if (size > free_) {
        const std::size_t grown = blocks_.empty() ? smallest_block : std::min(2 * blocks_.back().size, largest_block);
        const std::size_t block = std::max(size, grown);
        blocks_.push_back({std::unique_ptr<char[]>(new char[block]), block});
        next_ = blocks_.back().bytes.get();
        free_ = block;
    }
    char* const place = next_;
    next_ += size;
    free_ -= size;
    return place;
}

// Keeps the last block, so that a stream of documents allocates once, unless that held one huge value.
void Scratch::reset() {
    used_ = 0;
    free_ = 0;
    if (blocks_.empty()) return;
    if (blocks_.back().size > largest_block) return blocks_.clear();
    if (blocks_.size() > 1) blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    next_ = blocks_.back().bytes.get();
    free_ = blocks_.back().size;
}

bool Scratch::holds(View value) const {
    const std::less<const char*> before;
    return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
        const char* const begin = block.bytes.get();
        return !before(value.data(), begin) && before(value.data(), begin + block.size);
    });
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
    if (elements.empty()) return empty_array();
    std::size_t size = head_size(elements.size());
    for (const View element : elements) size += element ? element.encoded().size() : 1;
    char* const place = allocate(size);
    Pen pen(place);
    pen.head(Major::array, elements.size());
    for (const View element : elements) pen.bytes((element ? element : null_value()).encoded());
    return View(place, place + size);
}

View Scratch::joined(std::size_t count, std::span<const BytesView> pieces) {
    if (count == 0) return empty_array();
    std::size_t size = head_size(count);
    for (const BytesView piece : pieces) size += piece.size();
    char* const place = allocate(size);
    Pen pen(place);
    pen.head(Major::array, count);
    for (const BytesView piece : pieces) pen.bytes(piece);
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
    if (count == 0) return empty_object();
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

void ArrayBuilder::add(View element) {
    add_encoded((element ? element : null_value()).encoded());
}

void ArrayBuilder::add_encoded(BytesView element) {
    scratch_.require(elements_.size() + element.size());
    elements_ += element;
    ++count_;
}

}  // namespace sheaf::query
