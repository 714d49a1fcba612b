#include "query/regex.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <string>
#include <utility>

#include <sheaf/error.hpp>

#include "query/operand.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace sheaf::query {

namespace {

constexpr std::uint32_t heap_kibibytes = 32U * 1024;  // of one search
constexpr std::uint32_t fewest_steps_per_place = 8;
constexpr std::uint32_t nested_groups = 250;

template <auto free>
struct Free {
    template <typename T>
    void operator()(T* object) const {
        free(object);
    }
};
using Code8 = std::unique_ptr<pcre2_code, Free<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Free<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Free<pcre2_match_context_free>>;
using CompileContext = std::unique_ptr<pcre2_compile_context, Free<pcre2_compile_context_free>>;

PCRE2_SPTR units(std::string_view text) {
    // PCRE2 does not take a null pointer, even for no bytes.
    return reinterpret_cast<PCRE2_SPTR>(text.data() == nullptr ? "" : text.data());
}

template <typename T>
T* allocated(T* object) {
    if (object == nullptr) throw std::bad_alloc();
    return object;
}

std::string words(int error) {
    std::array<PCRE2_UCHAR, 256> text{};
    if (pcre2_get_error_message(error, text.data(), text.size()) < 0) return "error " + std::to_string(error);
    return reinterpret_cast<const char*>(text.data());
}

std::uint32_t parse_options(std::string_view options, int number) {
    std::uint32_t bits = 0;
    for (const char option : options) {
        switch (option) {
            case 'i':
                bits |= PCRE2_CASELESS;
                break;
            case 'm':
                bits |= PCRE2_MULTILINE;
                break;
            case 's':
                bits |= PCRE2_DOTALL;
                break;
            case 'x':
                bits |= PCRE2_EXTENDED;
                break;
            case 'u':
                break;
            default:
                // A byte of a longer character alone would make the message invalid UTF-8.
                fail(Code::invalid_argument, number,
                     "unknown option " +
                         (static_cast<unsigned char>(option) < 0x80 ? std::string{'\'', option, '\''}
                                                                    : "that is not ASCII") +
                         " of a regular expression; there are i, m, s, u, x",
                     {}, "$options");
        }
    }
    return bits;
}

struct Compiled {
    Code8 code;  // null: an error
    int error = 0;
    PCRE2_SIZE offset = 0;
};

Compiled compile_pattern(std::string_view pattern, std::uint32_t options) {
    const CompileContext context(allocated(pcre2_compile_context_create(nullptr)));
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
    pcre2_set_bsr(context.get(), PCRE2_BSR_UNICODE);
    pcre2_set_parens_nest_limit(context.get(), nested_groups);
    // \C could end a match inside a character.
    options |= PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
    Compiled compiled;
    compiled.code.reset(
        pcre2_compile(units(pattern), pattern.size(), options, &compiled.error, &compiled.offset, context.get()));
    return compiled;
}

// The memory of one search. It is not kept for the next one: PCRE2 keeps in it the most that a search has needed, and
// a filter may have very many patterns.
struct Search {
    explicit Search(const pcre2_code* code)
        : data(allocated(pcre2_match_data_create_from_pattern(code, nullptr))),
          context(allocated(pcre2_match_context_create(nullptr))) {
        pcre2_set_heap_limit(context.get(), heap_kibibytes);
        pcre2_set_callout(context.get(), count_step, &steps_left);
    }
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;

    static int count_step(pcre2_callout_block*, void* steps_left) {
        std::uint32_t& left = *static_cast<std::uint32_t*>(steps_left);
        if (left == 0) return PCRE2_ERROR_MATCHLIMIT;
        --left;
        return 0;
    }

    int run(const pcre2_code* code, std::string_view text, std::size_t from, std::uint32_t steps_per_place) {
        pcre2_set_match_limit(context.get(), steps_per_place);
        // Checked by the search from 0; to check again would make many finds in one text quadratic.
        const std::uint32_t options = from == 0 ? 0 : PCRE2_NO_UTF_CHECK;
        return pcre2_match(code, units(text), text.size(), from, options, data.get(), context.get());
    }

    const MatchData data;
    const MatchContext context;
    std::uint32_t steps_left = 0;
};

}  // namespace

// PCRE2's match limit counts anew at each place where a match may begin, so that a long text multiplies it. So a search
// divides its steps among the places first. Where that is not enough for one of them, it begins again with the pattern
// compiled so that PCRE2 calls back before each item, which counts exactly, but takes up to twice the time and several
// times the memory.
struct Regex::State {
    State(std::string_view pattern_, std::uint32_t options_, const Limits& limits_, Code8 code_)
        : pattern(pattern_), options(options_), limits(limits_), code(std::move(code_)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    int run(Search& search, std::string_view text, std::size_t from) const;

    const std::string pattern;
    const std::uint32_t options;
    const Limits limits;
    const Code8 code;
    mutable std::once_flag compiled_counting;
    mutable Code8 counting;  // null: too large to be compiled so
};

int Regex::State::run(Search& search, std::string_view text, std::size_t from) const {
    const std::size_t places = text.size() - from + 1;
    const auto share = static_cast<std::uint32_t>(limits.regex_steps / places);
    const std::uint32_t steps_per_place = std::max(share, fewest_steps_per_place);
    const int result = search.run(code.get(), text, from, steps_per_place);
    if (result != PCRE2_ERROR_MATCHLIMIT) return result;
    std::call_once(compiled_counting,
                   [this] { counting = compile_pattern(pattern, options | PCRE2_AUTO_CALLOUT).code; });
    if (counting == nullptr) return result;
    search.steps_left = limits.regex_steps;
    return search.run(counting.get(), text, from, limits.regex_steps);
}

namespace {

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

bool is_ascii_punctuation(char byte) {
    const auto value = static_cast<unsigned char>(byte);
    const auto lower = static_cast<unsigned char>(value | 0x20U);
    const bool letter_or_digit = (lower >= 'a' && lower <= 'z') || (value >= '0' && value <= '9');
    return value > ' ' && value < 0x7F && !letter_or_digit && value != '_';
}

// Whether it matches. Throws for anything that is neither a match nor none.
bool check(int result) {
    if (result >= 0) return true;
    if (result == PCRE2_ERROR_NOMATCH) return false;
    switch (result) {
        case PCRE2_ERROR_MATCHLIMIT:
        case PCRE2_ERROR_DEPTHLIMIT:
        case PCRE2_ERROR_HEAPLIMIT:
        case PCRE2_ERROR_RECURSELOOP:
            fail(Code::limit_exceeded, "a regular expression takes too many steps on a string", {}, "$regex");
        case PCRE2_ERROR_NOMEMORY:
            throw std::bad_alloc();
        default:
            break;
    }
    // The errors about UTF-8 have a range of their own; stored strings are UTF-8.
    if (result <= PCRE2_ERROR_UTF8_ERR1 && result >= PCRE2_ERROR_UTF8_ERR21) {
        fail(Code::corrupt, "a string that a regular expression searches is not UTF-8", {}, "$regex");
    }
    fail(Code::internal, "a regular expression failed: " + words(result), {}, "$regex");
}

}  // namespace

Regex::Regex(std::unique_ptr<State> state) : state_(std::move(state)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Regex Regex::compile(std::string_view pattern, std::string_view options, const Limits& limits, Numbers numbers) {
    const std::uint32_t bits = parse_options(options, numbers.options);
    if (pattern.size() > limits.regex_bytes) {
        fail(Code::limit_exceeded, numbers.pattern,
             "a regular expression of " + std::to_string(pattern.size()) + " bytes is over the limit of " +
                 std::to_string(limits.regex_bytes),
             {}, "$regex");
    }
    Compiled compiled = compile_pattern(pattern, bits);
    if (compiled.code == nullptr) {
        fail(Code::invalid_argument, numbers.pattern,
             "the regular expression is not valid: " + words(compiled.error) + ", at byte " +
                 std::to_string(compiled.offset),
             {}, "$regex");
    }
    return Regex(std::make_unique<State>(pattern, bits, limits, std::move(compiled.code)));
}

// Only what any flavour of regular expressions agrees on: the beginning, characters that mean themselves, and the first
// one that does not. That may make the character before it optional, be it in a roundabout way, as in "a(?#)*".
std::string Regex::literal_prefix() const {
    constexpr std::uint32_t other_meaning = PCRE2_CASELESS | PCRE2_MULTILINE | PCRE2_EXTENDED;
    std::string_view rest = state_->pattern;
    const std::size_t anchor = rest.starts_with('^') ? 1 : rest.starts_with("\\A") ? 2 : 0;
    // An alternative need not begin the same way.
    if (anchor == 0 || (state_->options & other_meaning) != 0 || rest.find('|') != rest.npos) return {};
    rest.remove_prefix(anchor);
    std::string prefix;
    std::size_t last = 0;  // where the last character begins
    for (; !rest.empty(); rest.remove_prefix(1)) {
        if (rest.front() == '\\' && rest.size() > 1 && is_ascii_punctuation(rest[1])) {
            rest.remove_prefix(1);
        } else if (std::string_view("\\^$.[|()?*+{").find(rest.front()) != std::string_view::npos) {
            const bool leaves_it = std::string_view("^$.[+").find(rest.front()) != std::string_view::npos;
            if (!leaves_it) prefix.resize(last);
            return prefix;
        }
        if (!is_continuation(rest.front())) last = prefix.size();
        prefix.push_back(rest.front());
    }
    return prefix;
}

bool Regex::matches(std::string_view text) const {
    Search search(state_->code.get());
    return check(state_->run(search, text, 0));
}

std::optional<Regex::Found> Regex::find(std::string_view text, std::size_t from) const {
    while (from < text.size() && is_continuation(text[from])) ++from;
    if (from > text.size()) return std::nullopt;
    Search search(state_->code.get());
    if (!check(state_->run(search, text, from))) return std::nullopt;
    pcre2_match_data* data = search.data.get();
    const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data);
    Found found;
    // \K in a lookahead can put the begin behind the end.
    found.whole = {std::min(ends[0], ends[1]), ends[1]};
    const std::uint32_t pairs = pcre2_get_ovector_count(data);
    for (std::uint32_t i = 1; i < pairs; ++i) {
        std::optional<Range> group;
        if (ends[2 * i] != PCRE2_UNSET) group = Range{ends[2 * i], ends[2 * i + 1]};
        found.groups.push_back(group);
    }
    return found;
}

}  // namespace sheaf::query
