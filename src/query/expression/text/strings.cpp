// Operators on strings. Those on positions are in substrings.cpp.
#include <algorithm>
#include <string>

#include "query/expression/conversion/value_text.hpp"
#include "query/expression/named_arguments.hpp"
#include "query/expression/operators.hpp"
#include "query/expression/text/code_points.hpp"
#include "query/expression/text/substrings.hpp"
#include "query/expression/text/text_search.hpp"
#include "query/expression/text/trim.hpp"

namespace sheaf::query {

namespace {

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

View with_each(char (*change)(char), View value, std::string_view op, Evaluation& evaluation) {
    std::string buffer;
    std::string text(coerced_text(value, op, buffer));
    charge_for(text, evaluation);
    std::transform(text.begin(), text.end(), text.begin(), change);
    return evaluation.scratch().string(text);
}

View to_upper(Evaluation& evaluation, Arguments arguments) {
    return with_each(upper, arguments[0], "$toUpper", evaluation);
}

View to_lower(Evaluation& evaluation, Arguments arguments) {
    return with_each(lower, arguments[0], "$toLower", evaluation);
}

View compare_ignoring_case(Evaluation& evaluation, Arguments arguments) {
    constexpr std::string_view op = "$strcasecmp";
    std::string buffers[2];
    const std::string_view a = coerced_text(arguments[0], op, buffers[0]);
    const std::string_view b = coerced_text(arguments[1], op, buffers[1]);
    charge_for(a, evaluation);
    const auto byte = [](char c) { return static_cast<unsigned char>(upper(c)); };
    const auto [left, right] =
        std::mismatch(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return byte(x) == byte(y); });
    if (left == a.end() || right == b.end()) {
        return evaluation.scratch().integer((left != a.end()) - (right != b.end()));
    }
    return evaluation.scratch().integer(byte(*left) < byte(*right) ? -1 : 1);
}

// Throws limit_exceeded before the text outgrows what may be made of it.
void append(std::string& text, std::string_view more, const Scratch& scratch) {
    scratch.require(text.size() + more.size());
    text += more;
}

View concat(Evaluation& evaluation, Arguments arguments) {
    std::string text;
    for (const View argument : arguments) {
        if (is_nullish(argument)) return null_value();
        const std::string_view part = required_text(argument, 16702, "$concat", "each argument");
        charge_for(part, evaluation);
        append(text, part, evaluation.scratch());
    }
    return evaluation.scratch().string(text);
}

View length_bytes(Evaluation& evaluation, Arguments arguments) {
    const std::string_view text = required_text(arguments[0], 34473, "$strLenBytes", "its argument");
    return evaluation.scratch().integer(static_cast<std::int64_t>(text.size()));
}

View length_code_points(Evaluation& evaluation, Arguments arguments) {
    const std::string_view text = required_text(arguments[0], 34471, "$strLenCP", "its argument");
    charge_for(text, evaluation);
    return evaluation.scratch().integer(static_cast<std::int64_t>(count_code_points(text)));
}

View split(Evaluation& evaluation, Arguments arguments) {
    constexpr std::string_view op = "$split";
    if (is_nullish(arguments[0]) || is_nullish(arguments[1])) return null_value();
    const std::string_view text = required_text(arguments[0], 40085, op, "the text");
    const std::string_view separator = required_text(arguments[1], 10503900, op, "the separator");
    if (separator.empty()) fail_expression(40087, op, "takes no empty separator");
    charge_for(text, evaluation);
    charge_for(separator, evaluation);
    const TextSearch search(separator);
    std::vector<View> parts;
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string_view::npos; begin = end + separator.size()) {
        end = search.find(text, begin);
        evaluation.charge_list(1, (parts.size() + 1) * sizeof(View));
        parts.push_back(evaluation.scratch().string(text.substr(begin, end - begin)));
    }
    return evaluation.scratch().array(parts);
}

struct Replacement {
    std::string_view input;
    std::string_view find;
    std::string_view text;
};

// Wrong types count before nulls; nothing where there is a null.
std::optional<Replacement> read_replacement(Arguments arguments, std::string_view op, Evaluation& evaluation) {
    const auto text = [&](std::size_t i, int mongo, std::string_view which) -> std::string_view {
        return is_nullish(arguments[i]) ? std::string_view() : required_text(arguments[i], mongo, op, which);
    };
    const Replacement read{text(0, 10503904, "the input"), text(1, 10503901, "the text to find"),
                           text(2, 10503902, "the replacement")};
    if (std::any_of(arguments.begin(), arguments.end(), is_nullish)) return std::nullopt;
    charge_for(read.input, evaluation);
    charge_for(read.find, evaluation);
    return read;
}

View replace_one(Evaluation& evaluation, Arguments arguments) {
    const std::optional<Replacement> read = read_replacement(arguments, "$replaceOne", evaluation);
    if (!read) return null_value();
    const std::size_t at = TextSearch(read->find).find(read->input, 0);
    if (at == std::string_view::npos) return arguments[0];
    std::string text(read->input.substr(0, at));
    text.append(read->text).append(read->input.substr(at + read->find.size()));
    return evaluation.scratch().string(text);
}

// What is found begins after what was found before. An empty text is found before each code point and at the end.
View replace_all(Evaluation& evaluation, Arguments arguments) {
    const std::optional<Replacement> read = read_replacement(arguments, "$replaceAll", evaluation);
    if (!read) return null_value();
    const std::string_view input = read->input;
    const TextSearch search(read->find);
    std::string text;
    std::size_t done = 0;
    for (std::size_t from = 0; from <= input.size();) {
        const std::size_t at = search.find(input, from);
        if (at == std::string_view::npos) break;
        evaluation.charge(1);
        append(text, input.substr(done, at - done), evaluation.scratch());
        append(text, read->text, evaluation.scratch());
        done = at + read->find.size();
        from = !read->find.empty() ? done : at < input.size() ? next_code_point(input, at) : input.size() + 1;
    }
    if (done == 0 && text.empty()) return arguments[0];
    append(text, input.substr(done), evaluation.scratch());
    return evaluation.scratch().string(text);
}

// The input and, where they are named, the characters to take off.
template <Sides sides>
View trim_call(Evaluation& evaluation, Arguments arguments) {
    constexpr std::size_t searched_bytes_per_step = 16;
    constexpr std::string_view op = sides == Sides::both ? "$trim" : sides == Sides::left ? "$ltrim" : "$rtrim";
    if (is_nullish(arguments[0])) return null_value();
    const std::string_view input = required_text(arguments[0], 50699, op, "the input");
    charge_for(input, evaluation);
    if (arguments.size() == 1) return evaluation.scratch().string(trim(input, sides));
    if (is_nullish(arguments[1])) return null_value();
    const std::string_view characters = required_text(arguments[1], 50700, op, "the characters to take off");
    evaluation.charge_list(characters.size(), sizeof(std::string_view));  // which are sorted
    evaluation.charge(input.size() / searched_bytes_per_step);
    return evaluation.scratch().string(trim(input, characters, sides));
}

constexpr NamedArgument trim_names[] = {{"input", 50695}, {"chars"}};
constexpr NamedArguments trim_arguments{trim_names, 50696, 50694};
constexpr NamedArgument replace_names[] = {{"input", 51749}, {"find", 51748}, {"replacement", 51747}};
constexpr NamedArguments replace_arguments{replace_names, 51751, 51750};

// A form whose operand names the arguments of a function.
template <const NamedArguments& names, View (*call)(Evaluation&, Arguments)>
ExpressionPtr parse_named(View operand, ExpressionParser& parser, std::string_view op) {
    static constexpr Function function{{}, 0, any_number, call};
    Expressions arguments = names.parse(operand, parser, op);
    const bool constant = all_constant(arguments);
    return parser.folded(make_call(function, std::move(arguments)), constant);
}

constexpr Function functions[] = {
    {"$concat", 0, any_number, concat},
    {"$indexOfBytes", 2, 4, index_of_bytes},
    {"$indexOfCP", 2, 4, index_of_code_point},
    {"$split", 2, 2, split},
    {"$strLenBytes", 1, 1, length_bytes},
    {"$strLenCP", 1, 1, length_code_points},
    {"$strcasecmp", 2, 2, compare_ignoring_case},
    {"$substr", 3, 3, substring_bytes},
    {"$substrBytes", 3, 3, substring_bytes},
    {"$substrCP", 3, 3, substring_code_points},
    {"$toLower", 1, 1, to_lower},
    {"$toUpper", 1, 1, to_upper},
};

constexpr Form forms[] = {
    {"$ltrim", parse_named<trim_arguments, trim_call<Sides::left>>},
    {"$replaceAll", parse_named<replace_arguments, replace_all>},
    {"$replaceOne", parse_named<replace_arguments, replace_one>},
    {"$rtrim", parse_named<trim_arguments, trim_call<Sides::right>>},
    {"$trim", parse_named<trim_arguments, trim_call<Sides::both>>},
};

}  // namespace

Family string_operators() {
    return {functions, forms};
}

}  // namespace sheaf::query
