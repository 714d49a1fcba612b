// $regexMatch, $regexFind and $regexFindAll: regular expressions over strings, with positions in code points.
#include <functional>

#include <sheaf/error.hpp>

#include "query/expression/conversion/value_text.hpp"
#include "query/expression/named_arguments.hpp"
#include "query/expression/operators.hpp"
#include "query/expression/text/code_points.hpp"
#include "query/operand.hpp"
#include "query/regex.hpp"

namespace sheaf::query {

namespace {

constexpr std::size_t max_pattern_bytes = 16384;  // MongoDB's

// A pattern or options, missing where they are null.
struct Source {
    std::optional<std::string_view> pattern;
    std::string_view options;
};

std::optional<std::string_view> optional_text(View value, int mongo, std::string_view op, std::string_view which) {
    if (is_nullish(value)) return std::nullopt;
    return required_text(value, mongo, op, which);
}

void refuse_null_bytes(std::string_view text, int mongo, std::string_view op, std::string_view which) {
    if (text.find('\0') != std::string_view::npos) {
        fail_expression(mongo, op, "takes no null bytes in " + std::string(which));
    }
}

Source read_source(View pattern, View options, std::string_view op) {
    const Source source{optional_text(pattern, 51105, op, "the pattern"),
                        optional_text(options, 51106, op, "the options").value_or(std::string_view())};
    refuse_null_bytes(source.pattern.value_or(std::string_view()), 51109, op, "the pattern");
    refuse_null_bytes(source.options, 51110, op, "the options");
    return source;
}

// Mistakes in the pattern have a number of their own here.
Regex compile(std::string_view pattern, std::string_view options, std::string_view op, const Limits& limits) {
    constexpr int bad_options = 51108;
    if (pattern.size() > max_pattern_bytes) {
        fail_expression(51111, op, "takes no pattern of more than " + std::to_string(max_pattern_bytes) + " bytes");
    }
    try {
        return Regex::compile(pattern, options, limits);
    } catch (const Error& error) {
        if (error.code() != Code::invalid_argument) throw;
        const int mongo = error.mongo_code() == bad_options ? bad_options : 51111;
        fail_expression(mongo, op, error.message());
    }
}

// One search, which may look at all of the text and, limited by itself, take much longer.
void charge_search(std::string_view text, Evaluation& evaluation) {
    constexpr std::size_t least = 16;
    evaluation.check_control();
    evaluation.charge(least);
    charge_for(text, evaluation);
}

// Walks through the matches of one text, from left to right, and keeps count of the code points.
class Matches {
public:
    Matches(const Regex& regex, std::string_view text, Evaluation& evaluation)
        : regex_(regex), text_(text), evaluation_(evaluation) {}

    // {match, idx, captures}, or missing when there are no more.
    View next() {
        if (done_) return View();
        charge_search(text_.substr(from_), evaluation_);
        const std::optional<Regex::Found> found = regex_.find(text_, from_);
        if (!found) return View();
        const auto [begin, end] = found->whole;
        index_ += count_code_points(text_.substr(counted_, begin - counted_));
        counted_ = begin;
        from_ = end > begin || begin >= text_.size() ? end : next_code_point(text_, begin);
        done_ = from_ >= text_.size();
        return describe(*found, evaluation_.scratch());
    }

private:
    View describe(const Regex::Found& found, Scratch& scratch) const {
        const auto part = [&](Regex::Range range) {
            return scratch.string(text_.substr(range.begin, range.end - range.begin));
        };
        std::vector<View> captures;
        for (const auto& group : found.groups) captures.push_back(group ? part(*group) : View());
        const MemberView members[] = {{"match", part(found.whole)},
                                      {"idx", scratch.integer(static_cast<std::int64_t>(index_))},
                                      {"captures", scratch.array(captures)}};
        return scratch.object(members);
    }

    const Regex& regex_;
    std::string_view text_;
    Evaluation& evaluation_;
    std::size_t from_ = 0;
    bool done_ = false;
    std::size_t counted_ = 0;  // the code points up to here are index_
    std::size_t index_ = 0;
};

// Each takes the text, or null where there is nothing to search or to search for.
using Search = View (*)(Evaluation& evaluation, const Regex* regex, std::string_view text);

View match(Evaluation& evaluation, const Regex* regex, std::string_view text) {
    if (regex == nullptr) return boolean_value(false);
    charge_search(text, evaluation);
    return boolean_value(regex->matches(text));
}

View find_first(Evaluation& evaluation, const Regex* regex, std::string_view text) {
    if (regex == nullptr) return null_value();
    const View found = Matches(*regex, text, evaluation).next();
    return found ? found : null_value();
}

View find_all(Evaluation& evaluation, const Regex* regex, std::string_view text) {
    if (regex == nullptr) return empty_array();
    std::vector<View> all;
    Matches matches(*regex, text, evaluation);
    while (const View found = matches.next()) {
        evaluation.scratch().require((all.size() + 1) * sizeof(View));
        all.push_back(found);
    }
    return evaluation.scratch().array(all);
}

class RegexSearch final : public Expression {
public:
    RegexSearch(std::string_view op, Search what, Expressions arguments, const Limits& limits)
        : op_(op), search_(what), arguments_(std::move(arguments)) {
        const std::optional<View> pattern = arguments_[1]->constant();
        const std::optional<View> options = arguments_[2]->constant();
        if (!pattern || !options) return;
        try {
            const Source source = read_source(*pattern, *options, op_);
            if (source.pattern) compiled_ = compile(*source.pattern, source.options, op_, limits);
        } catch (const Error&) {
            // Thrown again by evaluate(), which may never be called.
        }
    }

    View evaluate(Evaluation& evaluation) const override {
        if (compiled_) return search(evaluation, &*compiled_);
        const View pattern = arguments_[1]->evaluate(evaluation);
        const Source source = read_source(pattern, arguments_[2]->evaluate(evaluation), op_);
        if (!source.pattern) return search(evaluation, nullptr);
        evaluation.charge(source.pattern->size());
        const Regex regex = compile(*source.pattern, source.options, op_, evaluation.limits());
        return search(evaluation, &regex);
    }

private:
    View search(Evaluation& evaluation, const Regex* regex) const {
        const std::optional<std::string_view> text =
            optional_text(arguments_[0]->evaluate(evaluation), 51104, op_, "the input");
        return search_(evaluation, text ? regex : nullptr, text.value_or(std::string_view()));
    }

    std::string_view op_;
    Search search_;
    Expressions arguments_;  // input, pattern, options
    std::optional<Regex> compiled_;
};

constexpr NamedArgument names[] = {{"input", 31022}, {"regex", 31023}, {"options"}};
constexpr NamedArguments named_arguments{names, 51103, 31024};

template <Search search>
ExpressionPtr parse(View operand, ExpressionParser& parser, std::string_view op) {
    Expressions arguments = named_arguments.parse(operand, parser, op);
    if (arguments.size() < std::size(names)) arguments.push_back(make_constant(View()));
    const bool constant = all_constant(arguments);
    return parser.folded(std::make_unique<RegexSearch>(op, search, std::move(arguments), parser.settings().limits),
                         constant);
}

constexpr Form forms[] = {
    {"$regexFind", parse<find_first>},
    {"$regexFindAll", parse<find_all>},
    {"$regexMatch", parse<match>},
};

}  // namespace

Family regex_operators() {
    return {{}, forms};
}

}  // namespace sheaf::query
