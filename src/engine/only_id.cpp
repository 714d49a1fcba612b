#include "engine/only_id.hpp"

#include <utility>

#include "document/key.hpp"

namespace sheaf::engine {

std::optional<Bytes> only_id(const query::Filter& filter, std::string_view hint, const Limits& limits) {
    if (!hint.empty()) return std::nullopt;
    const auto ids = filter.ids();
    if (!ids || ids->size() != 1) return std::nullopt;
    const Type type = ids->front().type();
    if (type == Type::array || type == Type::object) return std::nullopt;
    Bytes key = encode_key(ids->front());
    if (key.size() > limits.id_bytes) return std::nullopt;
    return key;
}

driver::Isolation reading_isolation(const query::Filter& filter, std::string_view hint, const Limits& limits) {
    return only_id(filter, hint, limits) ? driver::Isolation::operation : driver::Isolation::serializable;
}

}  // namespace sheaf::engine
