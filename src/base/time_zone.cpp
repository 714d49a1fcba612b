#include "base/time_zone.hpp"

#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <string>

namespace sheaf {

// ICU's; its const functions may be called from any thread.
class ZoneRules {
public:
    // Null when there is no such zone.
    static std::shared_ptr<const ZoneRules> find(std::string_view name) {
        const auto id = icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int32_t>(name.size())));
        UErrorCode status = U_ZERO_ERROR;
        icu::UnicodeString canonical;
        UBool is_known = false;
        icu::TimeZone::getCanonicalID(id, canonical, is_known, status);
        if (U_FAILURE(status) != 0 || is_known == 0) return nullptr;
        std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(id));
        auto* const basic = dynamic_cast<icu::BasicTimeZone*>(zone.get());
        if (basic == nullptr) return nullptr;
        zone.release();
        return std::make_shared<const ZoneRules>(std::unique_ptr<icu::BasicTimeZone>(basic));
    }

    explicit ZoneRules(std::unique_ptr<icu::BasicTimeZone> zone) : zone_(std::move(zone)) {}

    std::int64_t offset_at(std::int64_t utc_ms) const {
        int32_t standard = 0;
        int32_t daylight = 0;
        UErrorCode status = U_ZERO_ERROR;
        zone_->getOffset(date_of(utc_ms), 0, standard, daylight, status);
        return std::int64_t{standard} + daylight;
    }

    std::int64_t offset_of_local(std::int64_t local_ms) const {
        int32_t standard = 0;
        int32_t daylight = 0;
        UErrorCode status = U_ZERO_ERROR;
        zone_->getOffsetFromLocal(date_of(local_ms), UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER, standard, daylight,
                                  status);
        return std::int64_t{standard} + daylight;
    }

private:
    // ICU's own arithmetic does not reach to the ends of int64.
    static UDate date_of(std::int64_t ms) {
        constexpr std::int64_t most = 8'640'000'000'000'000;  // the year 275760
        return static_cast<UDate>(std::clamp(ms, -most, most));
    }

    std::unique_ptr<icu::BasicTimeZone> zone_;
};

namespace {

constexpr std::int64_t minute_ms = 60'000;

std::int64_t saturating_sum(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(a, b, &sum)) return sum;
    return b < 0 ? INT64_MIN : INT64_MAX;
}

// "+03", "+0330", "-03:30"
std::optional<std::int64_t> parse_offset(std::string_view text) {
    const bool negative = text.front() == '-';
    std::string digits(text.substr(1));
    constexpr std::size_t hours_and_minutes = 4;
    if (digits.size() == hours_and_minutes + 1 && digits[2] == ':') digits.erase(2, 1);
    if (digits.size() == 2) digits += "00";
    const bool good = digits.size() == hours_and_minutes &&
                      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!good) return std::nullopt;
    const int number = (digits[0] - '0') * 1000 + (digits[1] - '0') * 100 + (digits[2] - '0') * 10 + (digits[3] - '0');
    const std::int64_t minutes = number / 100 * 60 + number % 100;
    return (negative ? -minutes : minutes) * minute_ms;
}

// Three letters that ICU takes for places of its own, against the Olson database.
bool is_olson_name(std::string_view name) {
    constexpr std::string_view short_names[] = {"CET", "EET", "EST", "GMT", "HST", "MET", "MST",
                                                "PRC", "ROC", "ROK", "UCT", "UTC", "WET"};
    return name.size() != 3 || std::find(std::begin(short_names), std::end(short_names), name) != std::end(short_names);
}

}  // namespace

std::optional<TimeZone> TimeZone::find(std::string_view name) {
    if (name.empty()) return std::nullopt;
    if (name == "UTC" || name == "GMT") return utc();
    if (name.front() == '+' || name.front() == '-') {
        const auto offset = parse_offset(name);
        return offset ? std::optional(of_offset(*offset)) : std::nullopt;
    }
    if (!is_olson_name(name)) return std::nullopt;
    TimeZone zone(0);
    zone.rules_ = ZoneRules::find(name);
    return zone.rules_ == nullptr ? std::nullopt : std::optional(std::move(zone));
}

std::int64_t TimeZone::offset_ms(DateTime time) const {
    return rules_ == nullptr ? offset_ms_ : rules_->offset_at(time.ms);
}

std::int64_t TimeZone::local(DateTime time) const {
    return saturating_sum(time.ms, offset_ms(time));
}

DateTime TimeZone::utc_of(std::int64_t local_ms) const {
    return {saturating_sum(local_ms, -(rules_ == nullptr ? offset_ms_ : rules_->offset_of_local(local_ms)))};
}

}  // namespace sheaf
