#include "query/expression/accumulators/accumulator.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "document/key.hpp"
#include "query/expression/accumulators/accumulators.hpp"
#include "query/expression/named_arguments.hpp"
#include "query/expression/numbers/numbers.hpp"
#include "query/expression/operators.hpp"
#include "query/operand.hpp"
#include "query/sort.hpp"

namespace sheaf::query {

// What the operand of an accumulator is.
enum class OperandForm { expression, nothing, n_and_input, sorted, n_and_sorted, percentile, median };

struct AccumulatorKind {
    std::string_view name;
    MakeAccumulator make;
    OperandForm form = OperandForm::expression;
};

namespace {

constexpr AccumulatorKind kinds[] = {
    {"$addToSet", make_add_to_set},
    {"$avg", make_average},
    {"$bottom", make_bottom, OperandForm::sorted},
    {"$bottomN", make_bottom_n, OperandForm::n_and_sorted},
    {"$concatArrays", make_concat_arrays},
    {"$count", make_sum, OperandForm::nothing},
    {"$first", make_first},
    {"$firstN", make_first_n, OperandForm::n_and_input},
    {"$last", make_last},
    {"$lastN", make_last_n, OperandForm::n_and_input},
    {"$max", make_max},
    {"$maxN", make_max_n, OperandForm::n_and_input},
    {"$median", make_median, OperandForm::median},
    {"$mergeObjects", make_merge_objects},
    {"$min", make_min},
    {"$minN", make_min_n, OperandForm::n_and_input},
    {"$percentile", make_percentile, OperandForm::percentile},
    {"$push", make_push},
    {"$setUnion", make_set_union},
    {"$stdDevPop", make_population_deviation},
    {"$stdDevSamp", make_sample_deviation},
    {"$sum", make_sum},
    {"$top", make_top, OperandForm::sorted},
    {"$topN", make_top_n, OperandForm::n_and_sorted},
};

const AccumulatorKind* find_kind(std::string_view name) {
    const auto found =
        std::find_if(std::begin(kinds), std::end(kinds), [name](const auto& kind) { return kind.name == name; });
    return found == std::end(kinds) ? nullptr : found;
}

// The document's sort key and the value to keep, as an array of two.
class SortedOutput final : public Expression {
public:
    SortedOutput(Sort sort, ExpressionPtr output) : sort_(std::move(sort)), output_(std::move(output)) {}
    View evaluate(Evaluation& evaluation) const override {
        const View root = evaluation.root();
        const SystemFields* const system = evaluation.system_fields();
        Bytes key = sort_.key({root, system == nullptr ? SystemFields{} : *system});
        // Equal documents stay in the order of their arrival. As the _id did (see Sort::key), a byte that is neither 00
        // nor FF ends the key: without it a text would be a prefix of a longer one, and inverted come before it.
        key.resize(key.size() - encode_key(root["_id"]).size());
        key.push_back('\x01');
        Scratch& scratch = evaluation.scratch();
        const View parts[] = {scratch.value(Binary{std::move(key)}), output_->evaluate(evaluation)};
        return scratch.array(parts);
    }

private:
    Sort sort_;
    ExpressionPtr output_;
};

std::size_t kept_values(View n, std::string_view op) {
    const bool good = n.is_number() && is_integral(n) && integral_value(n) > 0;
    if (!good) fail_expression(7548606, op, "takes a positive integer as n, not " + describe(n));
    return static_cast<std::size_t>(integral_value(n));
}

// MongoDB runs $group in another engine than most stages, whose numbers differ for a few errors.
struct Renumbering {
    std::string_view op;
    int elsewhere;
    int in_groups;
};
constexpr Renumbering renumberings[] = {{"$divide", 2, 4848401}, {"$mod", 16610, 4848403}};

[[noreturn]] void rethrow_renumbered(const Error& error) {
    for (const auto& [op, elsewhere, in_groups] : renumberings) {
        if (error.details().op == op && error.mongo_code() == elsewhere)
            fail_expression(in_groups, {}, error.message());
    }
    throw error;
}

}  // namespace

class AccumulationReader {
public:
    AccumulationReader(const AccumulatorKind& kind, View operand, ExpressionParser& parser)
        : op_(kind.name), operand_(operand), parser_(parser), result_(kind) {}

    Accumulation read() {
        switch (result_.kind_->form) {
            case OperandForm::expression:
                result_.input_ = parser_.parse(operand_);
                break;
            case OperandForm::nothing:
                read_count();
                break;
            case OperandForm::n_and_input:
                read_n_and_input();
                break;
            case OperandForm::sorted:
            case OperandForm::n_and_sorted:
                read_sorted();
                break;
            case OperandForm::percentile:
            case OperandForm::median:
                read_percentile();
                break;
        }
        return std::move(result_);
    }

private:
    void read_count() {
        if (!operand_.is_object() || operand_.size() != 0) {
            fail(Code::invalid_json, std::string(op_) + " takes {}, not " + describe(operand_), {}, op_);
        }
        static constexpr char one = 1;  // the encoded integer
        result_.input_ = make_constant(View(&one, &one + 1));
    }

    void read_n_and_input() {
        constexpr NamedArgument names[] = {{"n", 5787906}, {"input", 5787907}};
        Expressions parsed = NamedArguments{names, 5787900, 5787901}.parse(operand_, parser_, op_);
        result_.n_ = std::move(parsed[0]);
        result_.input_ = std::move(parsed[1]);
    }

    void read_sorted() {
        constexpr NamedArgument names[] = {{"output", 5788004}, {"sortBy", 5788005}, {"n", 5788003}};
        const bool with_n = result_.kind_->form == OperandForm::n_and_sorted;
        const std::span<const NamedArgument> known(names, with_n ? 3 : 2);
        const std::vector<View> operands = NamedArguments{known, 5788001, 5788002}.read(operand_, op_);
        if (!operands[1].is_object()) {
            fail_expression(5788604, op_, "takes an object as sortBy, not " + describe(operands[1]));
        }
        Sort sort = Sort::parse(Document::from_trusted(Bytes(operands[1].encoded())), parser_.settings());
        result_.input_ = std::make_unique<SortedOutput>(std::move(sort), parser_.parse(operands[0]));
        if (with_n) result_.n_ = parser_.parse(operands[2]);
    }

    void read_percentile() {
        constexpr int absent = 40414;
        constexpr NamedArgument names[] = {{"input", absent}, {"method", absent}, {"p", absent}};
        const bool with_p = result_.kind_->form == OperandForm::percentile;
        const std::span<const NamedArgument> known(names, with_p ? 3 : 2);
        const std::vector<View> operands = NamedArguments{known, with_p ? 7429703 : 7436100, 40415}.read(operand_, op_);
        check_percentile_method(operands[1], op_);
        result_.input_ = parser_.parse(operands[0]);
        if (!with_p) return;
        const ExpressionPtr p = parser_.parse(operands[2]);
        const auto probabilities = p->constant();
        if (!probabilities) fail_expression(7750300, op_, "takes a constant array as p");
        result_.probabilities_ = read_probabilities(*probabilities, op_);
    }

    std::string_view op_;
    View operand_;
    ExpressionParser& parser_;
    Accumulation result_;
};

Accumulation Accumulation::parse(View specification, ExpressionParser& parser) {
    const bool names_operator =
        specification.is_object() && specification.size() > 0 && is_operator((*specification.members().begin()).key);
    if (!names_operator) {
        fail_expression(40234, {}, "a group's field is an object with an accumulator, not " + describe(specification));
    }
    if (specification.size() > 1) fail_expression(40238, {}, "a group's field has more than one accumulator");
    const auto [name, operand] = *specification.members().begin();
    if (operand.is_array()) fail_expression(40237, name, "as an accumulator takes one operand, not an array");
    const AccumulatorKind* const kind = find_kind(name);
    if (kind == nullptr) fail_expression(15952, name, "is no accumulator");
    return AccumulationReader(*kind, operand, parser).read();
}

View Accumulation::input(Evaluation& document) const {
    try {
        return input_->evaluate(document);
    } catch (const Error& error) {
        rethrow_renumbered(error);
    }
}

AccumulatorPtr Accumulation::begin(Evaluation& group) const {
    AccumulatorSettings settings;
    if (n_ != nullptr) settings.n = kept_values(n_->evaluate(group), kind_->name);
    settings.probabilities = probabilities_;
    return kind_->make(settings);
}

bool is_accumulator(std::string_view name) {
    return find_kind(name) != nullptr;
}

}  // namespace sheaf::query
