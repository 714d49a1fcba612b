// TimeZone: how far a place's clocks are from UTC, at any moment.
//
// Threads: immutable; copies share the rules.
//
//     std::optional<TimeZone> kyoto = TimeZone::find("Asia/Tokyo");
//     std::int64_t clock = kyoto->local(now);   // milliseconds since 1970 as clocks there count them
//     DateTime back = kyoto->utc_of(clock);
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <sheaf/types.hpp>

namespace sheaf {

class ZoneRules;

class TimeZone {
public:
    static TimeZone utc() { return TimeZone(0); }
    static TimeZone of_offset(std::int64_t offset_ms) { return TimeZone(offset_ms); }
    // "UTC", "+03:00", "-0530", "+02" or a name of the Olson database. Nothing for other text.
    static std::optional<TimeZone> find(std::string_view name);

    bool is_utc() const { return rules_ == nullptr && offset_ms_ == 0; }
    std::int64_t offset_ms(DateTime time) const;  // to be added to UTC
    // Saturates at the ends of int64.
    std::int64_t local(DateTime time) const;
    // The moment at which clocks show `local_ms`: the earlier one where they show it twice; where they skip it, they
    // are taken to have gone on without the skip.
    DateTime utc_of(std::int64_t local_ms) const;

private:
    explicit TimeZone(std::int64_t offset_ms) : offset_ms_(offset_ms) {}

    std::int64_t offset_ms_;  // where rules_ is null
    std::shared_ptr<const ZoneRules> rules_;
};

}  // namespace sheaf
