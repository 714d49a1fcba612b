// Short cuts over encoded bytes for the inner loop of a scan: what View does, inlined, for the common cases. Everything
// is bounded by the buffer's end, and damaged bytes throw `corrupt`, as in View.
#pragma once

#include <optional>
#include <string_view>

#include <sheaf/view.hpp>

#include "document/head.hpp"

namespace sheaf::query::raw {

// Of an integer that is not marked as long.
inline std::optional<std::int64_t> integer(View value) {
    const Head head = read_head(value.data(), value.limit());
    if (head.major > Major::negative_integer || head.argument > static_cast<std::uint64_t>(INT64_MAX))
        return std::nullopt;
    const auto magnitude = static_cast<std::int64_t>(head.argument);
    return head.major == Major::unsigned_integer ? magnitude : ~magnitude;
}

inline std::optional<double> floating(View value) {
    const Head head = read_head(value.data(), value.limit());
    if (head.major != Major::simple || head.info < 25) return std::nullopt;
    return decode_float(head);
}

inline std::optional<std::string_view> text(View value) {
    const Head head = read_head(value.data(), value.limit());
    if (head.major != Major::text) return std::nullopt;
    return content(head, value.limit());
}

inline bool is_array(View value) {
    return value && static_cast<Major>(static_cast<unsigned char>(*value.data()) >> 5) == Major::array;
}

}  // namespace sheaf::query::raw
