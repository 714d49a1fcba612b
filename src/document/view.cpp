#include <sheaf/error.hpp>
#include <sheaf/view.hpp>

#include <cstring>
#include <string>

#include "document/head.hpp"
#include "document/path.hpp"

namespace sheaf {

namespace {

[[noreturn]] void throw_type(std::string_view wanted, Type found) {
    throw Error(Code::type_mismatch, "expected " + std::string(wanted) + ", found " + std::string(name(found)));
}

Type type_of_tag(std::uint64_t tag) {
    switch (tag) {
        case tag::datetime:
            return Type::datetime;
        case tag::object_id:
            return Type::object_id;
        case tag::long_integer:
            return Type::integer;
        default:
            throw_corrupt("a tag that sheaf does not write");
    }
}

Type type_of_simple(std::uint8_t info) {
    switch (info) {
        case 20:
        case 21:
            return Type::boolean;
        case 22:
            return Type::null;
        case 25:
        case 26:
        case 27:
            return Type::number;
        default:
            throw_corrupt("a simple value that sheaf does not write");
    }
}

std::int64_t integer_of(const Head& head) {
    if (head.argument > static_cast<std::uint64_t>(INT64_MAX)) throw_corrupt("an integer beyond 64 bits");
    const auto magnitude = static_cast<std::int64_t>(head.argument);
    if (head.major == Major::unsigned_integer) return magnitude;
    if (head.major == Major::negative_integer) return ~magnitude;
    throw_corrupt("a tag with the wrong content");
}

}  // namespace

Type View::type() const {
    if (p_ == nullptr) return Type::missing;
    const Head head = read_head(p_, end_);
    switch (head.major) {
        case Major::unsigned_integer:
        case Major::negative_integer:
            return Type::integer;
        case Major::bytes:
            return Type::bytes;
        case Major::text:
            return Type::string;
        case Major::array:
            return Type::array;
        case Major::map:
            return Type::object;
        case Major::tag:
            return type_of_tag(head.argument);
        case Major::simple:
            return type_of_simple(head.info);
    }
    return Type::missing;
}

bool View::is_number() const {
    const Type t = type();
    return t == Type::integer || t == Type::number;
}

bool View::boolean() const {
    if (type() != Type::boolean) throw_type("boolean", type());
    return read_head(p_, end_).info == 21;
}

std::int64_t View::integer() const {
    if (type() != Type::integer) throw_type("integer", type());
    const Head head = read_head(p_, end_);
    return integer_of(head.major == Major::tag ? read_head(head.next, end_) : head);
}

bool View::is_long() const {
    if (type() != Type::integer) throw_type("integer", type());
    if (read_head(p_, end_).major == Major::tag) return true;
    const std::int64_t value = integer();
    return value != static_cast<std::int32_t>(value);
}

double View::number() const {
    const Type t = type();
    if (t == Type::integer) return static_cast<double>(integer());
    if (t != Type::number) throw_type("number", t);
    return decode_float(read_head(p_, end_));
}

std::string_view View::string() const {
    if (type() != Type::string) throw_type("string", type());
    return content(read_head(p_, end_), end_);
}

BytesView View::bytes() const {
    if (type() != Type::bytes) throw_type("binary", type());
    return content(read_head(p_, end_), end_);
}

DateTime View::datetime() const {
    if (type() != Type::datetime) throw_type("date", type());
    return {integer_of(read_head(read_head(p_, end_).next, end_))};
}

ObjectId View::object_id() const {
    if (type() != Type::object_id) throw_type("object id", type());
    const Head head = read_head(read_head(p_, end_).next, end_);
    ObjectId id;
    if (head.major != Major::bytes || content(head, end_).size() != id.bytes.size()) {
        throw_corrupt("an object id without 12 bytes");
    }
    std::memcpy(id.bytes.data(), head.next, id.bytes.size());
    return id;
}

std::size_t View::size() const {
    const Type t = type();
    if (t != Type::array && t != Type::object) throw_type("array or object", t);
    const Head head = read_head(p_, end_);
    if (head.argument > left(head.next, end_)) throw_corrupt("an array or object ends early");
    return static_cast<std::size_t>(head.argument);
}

ElementRange View::elements() const {
    if (type() != Type::array) throw_type("array", type());
    ElementRange range;
    range.first_.left_ = size();
    range.first_.p_ = read_head(p_, end_).next;
    range.first_.end_ = end_;
    return range;
}

ElementRange::iterator& ElementRange::iterator::operator++() {
    p_ = skip(p_, end_);
    --left_;
    return *this;
}

MemberRange View::members() const {
    if (type() != Type::object) throw_type("object", type());
    MemberRange range;
    range.first_.left_ = size();
    range.first_.p_ = read_head(p_, end_).next;
    range.first_.end_ = end_;
    if (range.first_.left_ > 0) range.first_.read_key();
    return range;
}

void MemberRange::iterator::read_key() {
    key_ = sheaf::read_key(p_, end_);
    p_ = key_.data() + key_.size();
}

MemberRange::iterator& MemberRange::iterator::operator++() {
    p_ = skip(p_, end_);
    if (--left_ > 0) read_key();
    return *this;
}

View View::operator[](std::string_view key) const {
    if (p_ == nullptr) return {};
    const Head head = read_head(p_, end_);
    if (head.major != Major::map) return {};
    const char* p = head.next;
    for (std::uint64_t n = head.argument; n > 0; --n) {
        const std::string_view candidate = read_key(p, end_);
        p = candidate.data() + candidate.size();
        if (candidate == key) return View(p, end_);
        p = skip(p, end_);
    }
    return {};
}

View View::at(std::string_view path) const {
    View value = *this;
    for (const PathPart& part : split_path(path)) {
        if (value && value.is_array()) {
            if (!part.index) return {};
            std::uint32_t index = *part.index;
            View found;
            for (const View element : value.elements()) {
                if (index-- == 0) {
                    found = element;
                    break;
                }
            }
            value = found;
        } else {
            value = value[part.key];
        }
        if (!value) return {};
    }
    return value;
}

BytesView View::encoded() const {
    if (p_ == nullptr) return {};
    return {p_, static_cast<std::size_t>(skip(p_, end_) - p_)};
}

namespace {

Value decode(View view, int depth) {
    if (depth > max_stored_depth) throw_corrupt("nesting without end");
    switch (view.type()) {
        case Type::missing:
        case Type::null:
            return {};
        case Type::integer:
            return Integer{view.integer(), view.is_long()};
        case Type::number:
            return view.number();
        case Type::string:
            return view.string();
        case Type::bytes:
            return Binary{Bytes(view.bytes())};
        case Type::object_id:
            return view.object_id();
        case Type::boolean:
            return view.boolean();
        case Type::datetime:
            return view.datetime();
        case Type::array: {
            Array array;
            array.reserve(view.size());
            for (const View element : view.elements()) array.push_back(decode(element, depth + 1));
            return array;
        }
        case Type::object: {
            Object object;
            for (const auto& [key, value] : view.members()) object.append(std::string(key), decode(value, depth + 1));
            return object;
        }
    }
    return {};
}

}  // namespace

Value View::to_value() const {
    return decode(*this, 0);
}

}  // namespace sheaf
