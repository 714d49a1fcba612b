#include "query/regex.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <utility>

#include <sheaf/error.hpp>

#include "query/operand.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace sheaf::query {

namespace {

constexpr std::uint32_t heap_kibibytes = 32U * 1024;  // of one search
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
                fail(Code::invalid_argument, number,
                     "unknown option '" + std::string(1, option) + "' of a regular expression; there are i, m, s, u, x",
                     {}, "$options");
        }
    }
    return bits;
}

Code8 compile_pattern(std::string_view pattern, std::uint32_t options, int number) {
    const CompileContext context(allocated(pcre2_compile_context_create(nullptr)));
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
    pcre2_set_bsr(context.get(), PCRE2_BSR_UNICODE);
    pcre2_set_parens_nest_limit(context.get(), nested_groups);
    int error = 0;
    PCRE2_SIZE offset = 0;
    // \C could end a match inside a character.
    Code8 code(pcre2_compile(units(pattern), pattern.size(),
                             options | PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT, &error, &offset,
                             context.get()));
    if (code == nullptr) {
        fail(Code::invalid_argument, number,
             "the regular expression is not valid: " + words(error) + ", at byte " + std::to_string(offset), {},
             "$regex");
    }
    return code;
}

}  // namespace

namespace {

// The memory of one search.
//
// PCRE2's own match limit counts anew at each place where a match may begin, so that a long text multiplies it. So
// patterns are compiled with a call before each of their items, which counts over the whole search. That costs a third
// more time per search. Not compiled to machine code either: that would take several times as long as compiling alone.
struct Search {
    Search(const pcre2_code* code, const Limits& limits)
        : data(allocated(pcre2_match_data_create_from_pattern(code, nullptr))),
          context(allocated(pcre2_match_context_create(nullptr))) {
        pcre2_set_match_limit(context.get(), limits.regex_steps);
        pcre2_set_depth_limit(context.get(), limits.regex_steps);
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

    const MatchData data;
    const MatchContext context;
    std::uint32_t steps_left = 0;
};

}  // namespace

struct Regex::State {
    State(Code8 code_, const Limits& limits_) : code(std::move(code_)), limits(limits_) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { delete spare.load(); }

    const Code8 code;
    const Limits limits;
    // Of a search that has ended, for the next one: a scan allocates once, not for each document.
    mutable std::atomic<Search*> spare = nullptr;
};

namespace {

// The spare memory, or other memory where several threads search at once.
class Borrowed {
public:
    Borrowed(std::atomic<Search*>& spare, const pcre2_code* code, const Limits& limits)
        : spare_(spare), search_(spare.exchange(nullptr)) {
        if (search_ == nullptr) search_ = std::make_unique<Search>(code, limits);
        search_->steps_left = limits.regex_steps;
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    ~Borrowed() {
        Search* nothing = nullptr;
        if (spare_.compare_exchange_strong(nothing, search_.get())) static_cast<void>(search_.release());
    }
    const Search& operator*() const { return *search_; }

private:
    std::atomic<Search*>& spare_;
    std::unique_ptr<Search> search_;
};

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
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

bool run(const pcre2_code* code, const Search& search, std::string_view text, std::size_t from) {
    // Checked by the search from 0; to check again would make many finds in one text quadratic.
    const std::uint32_t options = from == 0 ? 0 : PCRE2_NO_UTF_CHECK;
    return check(pcre2_match(code, units(text), text.size(), from, options, search.data.get(), search.context.get()));
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
    return Regex(std::make_unique<State>(compile_pattern(pattern, bits, numbers.pattern), limits));
}

bool Regex::matches(std::string_view text) const {
    const Borrowed search(state_->spare, state_->code.get(), state_->limits);
    return run(state_->code.get(), *search, text, 0);
}

std::optional<Regex::Found> Regex::find(std::string_view text, std::size_t from) const {
    while (from < text.size() && is_continuation(text[from])) ++from;
    if (from > text.size()) return std::nullopt;
    const Borrowed search(state_->spare, state_->code.get(), state_->limits);
    if (!run(state_->code.get(), *search, text, from)) return std::nullopt;
    pcre2_match_data* data = (*search).data.get();
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
