#include "storage/postgres/params.hpp"

#include <sheaf/error.hpp>

#include "storage/postgres/big_endian.hpp"

namespace sheaf::postgres {

namespace {

constexpr std::size_t longest = (std::size_t{1} << 30U) - 1;
constexpr char jsonb_version = 1;
constexpr char jsonpath_version = 1;

void check_length(std::size_t length) {
    if (length <= longest) return;
    throw Error(Code::limit_exceeded, "a statement's parameter has " + std::to_string(length) +
                                          " bytes; PostgreSQL takes 1 GiB; write fewer or smaller documents at once");
}

}  // namespace

const char* Params::value(std::size_t place) const {
    return lengths_[place] < 0 ? nullptr : data_.data() + offsets_[place];
}

void Params::begin(unsigned type) {
    types_.push_back(type);
    offsets_.push_back(data_.size());
}

void Params::end() {
    const std::size_t length = data_.size() - offsets_.back();
    check_length(length);
    lengths_.push_back(static_cast<int>(length));
}

Params& Params::integer(std::int64_t value) {
    begin(type::bigint);
    append_big_endian(data_, static_cast<std::uint64_t>(value));
    end();
    return *this;
}

Params& Params::boolean(bool value) {
    begin(type::boolean);
    data_.push_back(value ? 1 : 0);
    end();
    return *this;
}

Params& Params::bytes(BytesView value) {
    begin(type::bytea);
    data_.append(value);
    end();
    return *this;
}

Params& Params::text(std::string_view value) {
    begin(type::text);
    data_.append(value);
    end();
    return *this;
}

Params& Params::json(std::string_view text) {
    begin(type::jsonb);
    data_.push_back(jsonb_version);
    data_.append(text);
    end();
    return *this;
}

Params& Params::json_path(std::string_view text) {
    begin(type::jsonpath);
    data_.push_back(jsonpath_version);
    data_.append(text);
    end();
    return *this;
}

Params& Params::null(unsigned type) {
    begin(type);
    lengths_.push_back(-1);
    return *this;
}

void Params::begin_array(unsigned type, unsigned element, std::size_t size, std::size_t bytes, bool has_null) {
    constexpr std::size_t of_array = 20;
    constexpr std::size_t of_element = 4;
    const std::size_t length = of_array + size * of_element + bytes;
    check_length(length);  // before it is copied
    data_.reserve(data_.size() + length);
    begin(type);
    const auto number = [&](std::size_t value) { append_big_endian(data_, static_cast<std::uint32_t>(value)); };
    number(size == 0 ? 0 : 1);  // dimensions
    number(has_null ? 1 : 0);
    number(element);
    if (size == 0) return;
    number(size);
    number(1);  // the index of the first element
}

void Params::element(std::string_view bytes) {
    append_big_endian(data_, static_cast<std::uint32_t>(bytes.size()));
    data_.append(bytes);
}

Params& Params::integers(std::span<const std::int64_t> values) {
    begin_array(type::bigints, type::bigint, values.size(), values.size_bytes(), false);
    for (const std::int64_t value : values) {
        append_big_endian(data_, std::uint32_t{8});
        append_big_endian(data_, static_cast<std::uint64_t>(value));
    }
    end();
    return *this;
}

Params& Params::booleans(std::span<const bool> values) {
    begin_array(type::booleans, type::boolean, values.size(), values.size(), false);
    for (const bool value : values) element(value ? std::string_view("\1", 1) : std::string_view("\0", 1));
    end();
    return *this;
}

Params& Params::byte_strings(std::span<const BytesView> values) {
    std::size_t bytes = 0;
    for (const BytesView value : values) bytes += value.size();
    begin_array(type::byteas, type::bytea, values.size(), bytes, false);
    for (const BytesView value : values) element(value);
    end();
    return *this;
}

Params& Params::jsons(std::span<const std::string> values) {
    bool has_null = false;
    std::size_t bytes = values.size();
    for (const std::string& text : values) {
        has_null = has_null || text.empty();
        bytes += text.size();
    }
    begin_array(type::jsonbs, type::jsonb, values.size(), bytes, has_null);
    for (const std::string& text : values) {
        append_big_endian(data_, text.empty() ? ~std::uint32_t{0} : static_cast<std::uint32_t>(text.size() + 1));
        if (text.empty()) continue;
        data_.push_back(jsonb_version);
        data_.append(text);
    }
    end();
    return *this;
}

}  // namespace sheaf::postgres
