#include "query/distinct.hpp"

#include <sheaf/error.hpp>

#include "document/key.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

DistinctValues::DistinctValues(std::string_view path, const Limits& limits)
    : path_(parse_path(path, limits)), bytes_left_(limits.pipeline_bytes) {
    if (path.empty()) fail(Code::invalid_argument, 40352, "distinct needs the path of a field, not an empty one", path);
}

void DistinctValues::add(View document) {
    collect(document, 0);
}

void DistinctValues::collect(View value, std::size_t depth) {
    for (; depth < path_.size() && !value.is_array(); ++depth) {
        value = value[path_[depth].key];
        if (!value) return;
    }
    if (!value.is_array()) return keep(value);
    std::uint32_t index = 0;
    for (const View element : value.elements()) {
        if (depth == path_.size()) {
            keep(element);
            continue;
        }
        if (element.is_object()) collect(element, depth);
        if (path_[depth].index == index++) collect(element, depth + 1);
    }
}

void DistinctValues::keep(View value) {
    Bytes key = encode_key(value);
    const BytesView encoded = value.encoded();
    const std::size_t size = key.size() + encoded.size() + sizeof(std::pair<Bytes, Bytes>);
    const auto [place, fresh] = values_.try_emplace(std::move(key), encoded);
    if (!fresh) return;
    if (size > bytes_left_) {
        fail(Code::limit_exceeded, "distinct finds too many values to hold; give a narrower filter", {});
    }
    bytes_left_ -= size;
}

std::vector<Value> DistinctValues::values() const {
    std::vector<Value> values;
    values.reserve(values_.size());
    for (const auto& [key, encoded] : values_) values.push_back(View(encoded).to_value());
    return values;
}

}  // namespace sheaf::query
