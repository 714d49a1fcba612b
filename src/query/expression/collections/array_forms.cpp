#include "query/expression/collections/array_forms.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "query/expression/named_arguments.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

void require_array(View value, int mongo, std::string_view op) {
    if (value.is_array()) return;
    fail_expression(mongo, op, "takes an array, not " + describe(value));
}

bool before(View a, View b) {
    return compare(a, b) < 0;
}

std::vector<View> elements_of(View array) {
    std::vector<View> elements;
    elements.reserve(array.size());
    for (const View element : array.elements()) elements.push_back(element);
    return elements;
}

View in(Evaluation& evaluation, Arguments arguments) {
    require_array(arguments[1], 40081, "$in");
    evaluation.charge(arguments[1].size());
    for (const View element : arguments[1].elements()) {
        if (compare_counted(evaluation, element, arguments[0]) == 0) return boolean_value(true);
    }
    return boolean_value(false);
}

// $in with a list that is known beforehand, which is searched by halves.
class InList final : public Expression {
public:
    InList(ExpressionPtr value, ExpressionPtr list)
        : value_(std::move(value)), list_(std::move(list)), sorted_(elements_of(*list_->constant())) {
        std::sort(sorted_.begin(), sorted_.end(), before);
    }
    View evaluate(Evaluation& evaluation) const override {
        const View value = value_->evaluate(evaluation);
        evaluation.charge(1);
        evaluation.charge_walk(value, std::bit_width(sorted_.size()));
        return boolean_value(std::binary_search(sorted_.begin(), sorted_.end(), value, before));
    }

private:
    ExpressionPtr value_;
    ExpressionPtr list_;  // owns what sorted_ shows
    std::vector<View> sorted_;
};

struct SortField {
    std::string path;  // empty: the element itself
    bool descending;
};

class SortArray final : public Expression {
public:
    SortArray(ExpressionPtr input, std::vector<SortField> fields)
        : input_(std::move(input)), fields_(std::move(fields)) {}
    View evaluate(Evaluation& evaluation) const override {
        const View input = input_->evaluate(evaluation);
        if (is_nullish(input)) return null_value();
        require_array(input, 2942504, "$sortArray");
        struct Keyed {
            Bytes key;
            View element;
        };
        evaluation.charge_list(input.size(), sizeof(Keyed));
        evaluation.charge_walk(input);
        std::vector<Keyed> sorted;
        sorted.reserve(input.size());
        std::size_t bytes = 0;
        for (const View element : input.elements()) {
            sorted.push_back({key_of(element), element});
            evaluation.scratch().require(bytes += sorted.back().key.size());
            evaluation.charge(sorted.back().key.size() * std::bit_width(input.size()) / key_bytes_per_step);
        }
        std::stable_sort(sorted.begin(), sorted.end(), [](const Keyed& a, const Keyed& b) { return a.key < b.key; });
        ArrayBuilder result(evaluation.scratch());
        for (const Keyed& keyed : sorted) result.add(keyed.element);
        return result.finish();
    }

private:
    static constexpr char end_of_key = '\x01';
    static constexpr std::size_t key_bytes_per_step = 256;

    // Bytes that compare as the elements shall; the complement of a key sorts the other way round. The key of "a" is
    // the beginning of that of "a\0b", which goes on with FF. So an end follows each key, which is less than that, and
    // whose complement is greater.
    Bytes key_of(View element) const {
        Bytes key;
        for (const auto& [path, descending] : fields_) {
            const std::size_t begin = key.size();
            const View value = path.empty() ? element : element.at(path);
            append_key(key, value ? value : null_value());
            key += end_of_key;
            if (!descending) continue;
            for (std::size_t i = begin; i < key.size(); ++i) key[i] = static_cast<char>(~key[i]);
        }
        return key;
    }

    ExpressionPtr input_;
    std::vector<SortField> fields_;
};

bool is_descending(View direction, std::string_view op) {
    if (direction.is_number() && direction.number() == 1) return false;
    if (direction.is_number() && direction.number() == -1) return true;
    fail_expression(2, op, "sorts by 1 or -1, not by " + describe(direction));
}

std::vector<SortField> sort_fields(View sort_by, const Limits& limits, std::string_view op) {
    if (!sort_by.is_object()) return {{"", is_descending(sort_by, op)}};
    std::vector<SortField> fields;
    for (const auto& [path, direction] : sort_by.members()) {
        parse_field_path(path, limits);
        fields.push_back({std::string(path), is_descending(direction, op)});
    }
    if (fields.empty()) fail_expression(2, op, "sorts by no field");
    return fields;
}

class Zip final : public Expression {
public:
    Zip(Expressions inputs, Expressions defaults, bool longest)
        : inputs_(std::move(inputs)), defaults_(std::move(defaults)), longest_(longest) {}
    View evaluate(Evaluation& evaluation) const override {
        std::vector<ElementRange::iterator> columns;
        std::size_t shortest = SIZE_MAX;
        std::size_t longest = 0;
        for (const ExpressionPtr& input : inputs_) {
            const View array = input->evaluate(evaluation);
            if (is_nullish(array)) return null_value();
            require_array(array, 34468, "$zip");
            shortest = std::min(shortest, array.size());
            longest = std::max(longest, array.size());
            columns.push_back(array.elements().begin());
        }
        std::vector<View> defaults(inputs_.size(), null_value());
        for (std::size_t i = 0; i < defaults_.size() && shortest != longest; ++i) {
            if (const View value = defaults_[i]->evaluate(evaluation)) defaults[i] = value;
        }
        return rows(evaluation, longest_ ? longest : shortest, columns, defaults);
    }

private:
    static View rows(Evaluation& evaluation, std::size_t count, std::vector<ElementRange::iterator>& columns,
                     const std::vector<View>& defaults) {
        constexpr std::size_t bytes_per_step = 64;
        ArrayBuilder result(evaluation.scratch());
        Bytes row;
        for (std::size_t i = 0; i < count; ++i) {
            evaluation.charge(columns.size());
            row.clear();
            std::size_t bytes = result.bytes();
            Encoder encoder(row);
            encoder.begin_array(columns.size());
            for (std::size_t column = 0; column < columns.size(); ++column) {
                const bool ended = columns[column] == nullptr;
                const BytesView element = (ended ? defaults[column] : *columns[column]).encoded();
                evaluation.scratch().require(bytes += element.size());
                evaluation.charge(element.size() / bytes_per_step);
                encoder.raw(element);
                if (!ended) ++columns[column];
            }
            result.add_encoded(row);
        }
        return result.finish();
    }

    Expressions inputs_;
    Expressions defaults_;  // empty: nulls
    bool longest_;
};

constexpr NamedArgument sort_names[] = {{"input", 2942502}, {"sortBy", 2942503}};
constexpr NamedArguments sort_arguments{sort_names, 2942500, 2942501};

constexpr NamedArgument zip_names[] = {{"inputs", 34465}, {"defaults"}, {"useLongestLength"}};
constexpr NamedArguments zip_arguments{zip_names, 34460, 34464};

}  // namespace

ExpressionPtr parse_in(View operand, ExpressionParser& parser, std::string_view name) {
    static constexpr Function function{"$in", 2, 2, in};
    constexpr std::size_t few = 8;  // that are walked faster than searched
    Expressions arguments = parser.parse_arguments(operand);
    if (arguments.size() != 2) {
        fail_expression(16020, name, "takes 2 arguments, not " + std::to_string(arguments.size()));
    }
    const std::optional<View> list = arguments[1]->constant();
    if (!list || !list->is_array() || list->size() <= few) return make_call(function, std::move(arguments));
    return std::make_unique<InList>(std::move(arguments[0]), std::move(arguments[1]));
}

ExpressionPtr parse_sort_array(View operand, ExpressionParser& parser, std::string_view name) {
    const std::vector<View> arguments = sort_arguments.read(operand, name);
    ExpressionPtr input = parser.parse(arguments[0]);
    return std::make_unique<SortArray>(std::move(input), sort_fields(arguments[1], parser.settings().limits, name));
}

ExpressionPtr parse_zip(View operand, ExpressionParser& parser, std::string_view name) {
    const std::vector<View> arguments = zip_arguments.read(operand, name);
    const View longest = arguments[2];
    if (longest && longest.type() != Type::boolean) {
        fail_expression(34463, name, "takes a boolean as useLongestLength, not " + describe(longest));
    }
    require_array(arguments[0], 34461, name);
    Expressions inputs = parser.parse_arguments(arguments[0]);
    if (inputs.empty()) fail_expression(34465, name, "takes at least one input");
    Expressions defaults;
    if (arguments[1]) {
        require_array(arguments[1], 34462, name);
        defaults = parser.parse_arguments(arguments[1]);
        if (!longest || !longest.boolean()) {
            fail_expression(34466, name, "takes defaults only with useLongestLength: true");
        }
        if (defaults.size() != inputs.size()) fail_expression(34467, name, "takes one default for each input");
    }
    return std::make_unique<Zip>(std::move(inputs), std::move(defaults), longest && longest.boolean());
}

}  // namespace sheaf::query
