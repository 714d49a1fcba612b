// View: reads a value from encoded (CBOR) bytes in place, without decoding them into a tree.
//
// A View borrows: it is valid as long as the bytes that it was made from (a Document, a Record, a cursor's row).
// Reads are bounds-checked; bytes that are not a stored document (a damaged file) throw `corrupt`, never crash.
// Format: docs/formats/cbor.md.
//
// Threads: immutable; may be shared as long as the bytes live.
//
//     for (auto [key, value] : document.view().members()) std::cout << key << ": " << to_json(value) << '\n';
//     if (View city = document.view().at("address.city")) use(city.string());
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sheaf/bytes.hpp>
#include <sheaf/types.hpp>
#include <sheaf/value.hpp>

namespace sheaf {

class ElementRange;
class MemberRange;

class View {
public:
    View() = default;  // missing
    // `bytes` begins with the value; more may follow it.
    explicit View(BytesView bytes) : View(bytes.data(), bytes.data() + bytes.size()) {}
    View(const char* begin, const char* end) : p_(begin), end_(end) {}

    explicit operator bool() const { return p_ != nullptr; }  // false: missing
    Type type() const;
    bool is_null() const { return type() == Type::null; }
    bool is_array() const { return type() == Type::array; }
    bool is_object() const { return type() == Type::object; }
    bool is_number() const;  // integer or double

    // Each throws type_mismatch when the value has another type.
    bool boolean() const;
    std::int64_t integer() const;
    bool is_long() const;   // an integer that is MongoDB's long
    double number() const;  // an integer is converted
    std::string_view string() const;
    BytesView bytes() const;
    DateTime datetime() const;
    ObjectId object_id() const;

    std::size_t size() const;       // elements of an array, members of an object
    ElementRange elements() const;  // of an array
    MemberRange members() const;    // of an object

    // The member of an object; missing when there is none or this is not an object.
    View operator[](std::string_view key) const;
    // The value at a dotted path, where a number indexes an array; no fan-out over arrays.
    View at(std::string_view path) const;

    // Exactly this value's bytes.
    BytesView encoded() const;
    // A tree of its own.
    Value to_value() const;

    const char* data() const { return p_; }
    const char* limit() const { return end_; }

private:
    const char* p_ = nullptr;
    const char* end_ = nullptr;  // of the whole buffer: no read passes it
};

// MongoDB's total order over values: by type, numbers by value across integer and double (NaN lowest), strings by UTF-8
// bytes, objects by (type, key, value) member by member, arrays element by element, bytes by length first.
// A missing value sorts before null. Equivalent values may differ in type (5 and 5.0).
std::weak_ordering compare(View a, View b);

struct MemberView {
    std::string_view key;
    View value;
};

// Input iteration over an array; a corrupt element throws while moving.
class ElementRange {
public:
    class iterator {
    public:
        using value_type = View;
        using difference_type = std::ptrdiff_t;
        View operator*() const { return View(p_, end_); }
        iterator& operator++();
        void operator++(int) { ++*this; }
        bool operator==(std::nullptr_t) const { return left_ == 0; }

    private:
        friend class View;
        const char* p_ = nullptr;
        const char* end_ = nullptr;
        std::size_t left_ = 0;
    };
    iterator begin() const { return first_; }
    std::nullptr_t end() const { return nullptr; }

private:
    friend class View;
    iterator first_;
};

// Input iteration over an object's members, in stored order.
class MemberRange {
public:
    class iterator {
    public:
        using value_type = MemberView;
        using difference_type = std::ptrdiff_t;
        MemberView operator*() const { return {key_, View(p_, end_)}; }
        iterator& operator++();
        void operator++(int) { ++*this; }
        bool operator==(std::nullptr_t) const { return left_ == 0; }

    private:
        friend class View;
        void read_key();
        std::string_view key_;
        const char* p_ = nullptr;
        const char* end_ = nullptr;
        std::size_t left_ = 0;
    };
    iterator begin() const { return first_; }
    std::nullptr_t end() const { return nullptr; }

private:
    friend class View;
    iterator first_;
};

}  // namespace sheaf
