// RFC 3339 instants in the proleptic Gregorian calendar.
#include <chrono>
#include <cstdint>
#include <string>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr std::int64_t first_ms = -62'167'219'200'000;  // 0000-01-01T00:00:00Z
constexpr std::int64_t last_ms = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

void append_digits(std::string& out, std::int64_t value, int width) {
    char digits[4];
    for (int i = width; i > 0; value /= 10) digits[--i] = static_cast<char>('0' + value % 10);
    out.append(digits, static_cast<std::size_t>(width));
}

// Takes an RFC 3339 text apart from left to right; each step refuses the whole text.
class InstantReader {
public:
    explicit InstantReader(std::string_view text) : text_(text), rest_(text) {}

    DateTime read() {
        using namespace std::chrono;
        const year_month_day date = read_date();
        expect("Tt", "a 'T' after the date");
        const milliseconds time = read_time();
        const minutes offset = read_offset();
        if (!rest_.empty()) refuse("nothing after the offset");
        return {(sys_days(date).time_since_epoch() + time - offset) / milliseconds(1)};
    }

private:
    [[noreturn]] void refuse(const std::string& expected) const {
        throw Error(Code::invalid_document, "\"" + std::string(text_.substr(0, 64)) +
                                                "\" is not a date as RFC 3339 writes it: expected " + expected);
    }

    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect(std::string_view any_of, const char* what) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) refuse(what);
        rest_.remove_prefix(1);
    }

    unsigned number(std::size_t width, unsigned low, unsigned high, const char* what) {
        unsigned value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') refuse(what);
            value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
        }
        if (value < low || value > high) refuse(what);
        rest_.remove_prefix(width);
        return value;
    }

    std::chrono::year_month_day read_date() {
        using namespace std::chrono;
        const year y(static_cast<int>(number(4, 0, 9999, "a year of four digits")));
        expect("-", "a '-' after the year");
        const month m(number(2, 1, 12, "a month of two digits, 01 to 12"));
        expect("-", "a '-' after the month");
        const day d(number(2, 1, 31, "a day of two digits, 01 to 31"));
        const year_month_day date(y, m, d);
        if (!date.ok()) refuse("a day that the month has");
        return date;
    }

    milliseconds read_time() {
        using namespace std::chrono;
        const hours h(number(2, 0, 23, "hours of two digits, 00 to 23"));
        expect(":", "a ':' after the hours");
        const minutes m(number(2, 0, 59, "minutes of two digits, 00 to 59"));
        expect(":", "a ':' after the minutes");
        const seconds s(number(2, 0, 59, "seconds of two digits, 00 to 59 (leap seconds cannot be held)"));
        return h + m + s + read_fraction();
    }

    milliseconds read_fraction() {
        if (!take('.')) return milliseconds(0);
        int fraction = 0;
        std::size_t count = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1), ++count) {
            const int digit = rest_.front() - '0';
            if (count < 3) fraction = fraction * 10 + digit;
            if (count >= 3 && digit != 0) refuse("no more than milliseconds, which is all that a date holds");
        }
        if (count == 0) refuse("a digit after the '.'");
        for (; count < 3; ++count) fraction *= 10;
        return milliseconds(fraction);
    }

    std::chrono::minutes read_offset() {
        using namespace std::chrono;
        if (take('Z') || take('z')) return minutes(0);
        const bool west = !rest_.empty() && rest_.front() == '-';
        expect("+-", "'Z' or an offset such as +01:00 after the time");
        const hours h(number(2, 0, 23, "an offset such as +01:00"));
        expect(":", "an offset such as +01:00");
        const minutes m(number(2, 0, 59, "an offset such as +01:00"));
        return west ? -(h + m) : h + m;
    }

    std::string_view text_;
    std::string_view rest_;
};

}  // namespace

std::string to_rfc3339(DateTime time) {
    using namespace std::chrono;
    if (time.ms < first_ms || time.ms > last_ms) {
        throw Error(Code::invalid_argument, "a date of " + std::to_string(time.ms) +
                                                " ms lies outside the years 0000 to 9999, which RFC 3339 can write");
    }
    const sys_time<milliseconds> instant{milliseconds(time.ms)};
    const sys_days midnight = floor<days>(instant);
    const year_month_day date(midnight);
    const hh_mm_ss<milliseconds> clock(instant - midnight);
    std::string out;
    out.reserve(24);
    append_digits(out, static_cast<int>(date.year()), 4);
    append_digits(out += '-', static_cast<unsigned>(date.month()), 2);
    append_digits(out += '-', static_cast<unsigned>(date.day()), 2);
    append_digits(out += 'T', clock.hours().count(), 2);
    append_digits(out += ':', clock.minutes().count(), 2);
    append_digits(out += ':', clock.seconds().count(), 2);
    if (clock.subseconds().count() != 0) append_digits(out += '.', clock.subseconds().count(), 3);
    return out += 'Z';
}

DateTime from_rfc3339(std::string_view text) {
    return InstantReader(text).read();
}

}  // namespace sheaf
