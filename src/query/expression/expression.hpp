// The expression language: {"$add": ["$price", "$tax"]}, parsed once into a tree of nodes that is evaluated per
// document. Used by $expr in filters, computed projections, pipeline updates and every stage of an aggregation.
//
// A new operator is a line in one of the tables that operators.hpp names: a Function, where the arguments are evaluated
// before the call (nearly all), or a Form, where the operator decides itself what to evaluate ($cond, $let, $map).
//
// Threads: a parsed expression is immutable; an Evaluation serves one thread.
// Lifetime: nodes may borrow from the bytes that they were parsed from, which their owner keeps. A result lives as long
// as the document, the expression and the Evaluation that it came from, and until the next restart().
//
//     ExpressionParser parser(settings);
//     ExpressionPtr total = parser.parse(View(bytes));
//     Evaluation evaluation(settings.limits, document.view());
//     View result = total->evaluate(evaluation);  // missing: no value
#pragma once

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sheaf/control.hpp>
#include <sheaf/error.hpp>
#include <sheaf/view.hpp>

#include "query/expression/scratch.hpp"
#include "query/settings.hpp"
#include "query/subject.hpp"

namespace sheaf::query {

// One run of an expression over one document. Slots hold the variables of $let, $map, $filter and $reduce.
class Evaluation {
public:
    Evaluation(const Limits& limits, View root, const SystemFields* system = nullptr)
        : limits_(limits),
          root_(root),
          system_(system),
          own_(limits.expression_bytes),
          scratch_(&own_),
          steps_left_(limits.expression_steps) {
        own_.count_work_in(this);
    }
    Evaluation(const Evaluation&) = delete;
    Evaluation& operator=(const Evaluation&) = delete;

    const Limits& limits() const { return limits_; }
    View root() const { return root_; }
    const SystemFields* system_fields() const { return system_; }  // null: their names are ordinary fields
    Scratch& scratch() const { return *scratch_; }

    // What charge() asks now and then, so that a deadline reaches into one expression. Null: nothing; it must outlive
    // the evaluation.
    void set_control(const Control* control) {
        control_ = control;
        plan_check();
    }

    View slot(std::size_t index) const { return index < slots_.size() ? slots_[index] : View(); }
    void set_slot(std::size_t index, View value) {
        if (index >= slots_.size()) slots_.resize(index + 1);
        slots_[index] = value;
    }

    // Counts work, so that loops within loops end: every call of a Function is a step, and whoever walks an array
    // counts its elements. Throws limit_exceeded.
    void charge(std::size_t steps) {
        if (steps > steps_left_ - check_at_) return charge_and_check(steps);
        steps_left_ -= steps;
    }

    // Counts a walk through a whole value; `times` over, for sorting and searching.
    void charge_walk(View value, std::size_t times = 1);
    // Asks the control at once: before work whose length steps do not tell.
    void check_control() const {
        if (control_ != nullptr) control_->check();
    }

    // The same for elements that are put into a list of `bytes` each, outside the Scratch.
    void charge_list(std::size_t elements, std::size_t bytes) {
        charge(elements);
        scratch_->require(elements * bytes);
    }

    // Begins another document; all values made before are gone.
    void restart(View root) {
        own_.reset();
        root_ = root;
        steps_left_ = limits_.expression_steps;
        plan_check();
    }

    // While it lives, values are made in another Scratch: for loops whose intermediate values would pile up.
    class Elsewhere {
    public:
        Elsewhere(Evaluation& evaluation, Scratch& scratch)
            : evaluation_(evaluation),
              scratch_(scratch),
              before_(std::exchange(evaluation.scratch_, &scratch)),
              counted_before_(scratch.count_work_in(&evaluation)) {}
        Elsewhere(const Elsewhere&) = delete;
        Elsewhere& operator=(const Elsewhere&) = delete;
        ~Elsewhere() {
            evaluation_.scratch_ = before_;
            scratch_.count_work_in(counted_before_);
        }

    private:
        Evaluation& evaluation_;
        Scratch& scratch_;
        Scratch* before_;
        Evaluation* counted_before_;
    };

private:
    void charge_and_check(std::size_t steps);
    void plan_check();

    const Limits& limits_;
    View root_;
    const SystemFields* system_;
    Scratch own_;
    Scratch* scratch_;
    std::size_t steps_left_;
    std::size_t check_at_ = 0;  // the steps left below which charge() looks at the limit and at control_
    const Control* control_ = nullptr;
    std::vector<View> slots_;
};

class Expression {
public:
    virtual ~Expression() = default;
    // Missing where there is no value. Throws with MongoDB's number for what the operator does not take.
    virtual View evaluate(Evaluation& evaluation) const = 0;
    // The value, where it is the same for every document.
    virtual std::optional<View> constant() const { return std::nullopt; }
};

using ExpressionPtr = std::unique_ptr<const Expression>;
using Expressions = std::vector<ExpressionPtr>;

// Parses operands and keeps track of which variables are in scope. One per filter, projection or pipeline stage.
class ExpressionParser {
public:
    explicit ExpressionParser(const Settings& settings);
    ExpressionParser(const ExpressionParser&) = delete;
    ExpressionParser& operator=(const ExpressionParser&) = delete;
    ~ExpressionParser();

    const Settings& settings() const { return settings_; }

    // Any operand: a literal, "$field", "$$variable", [expressions], {operator: operand} or {name: expression}.
    // Throws invalid_argument with MongoDB's number, limit_exceeded for nesting.
    ExpressionPtr parse(View operand);
    // The operand of an operator that takes a list: the elements of an array, or the one operand itself.
    Expressions parse_arguments(View operand);

    // A variable that is in scope until the end of the Scope; its slot is what the operator sets before it evaluates.
    class Scope {
    public:
        explicit Scope(ExpressionParser& parser) : parser_(parser), variables_before_(parser.variables_) {}
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
        ~Scope() { parser_.variables_ = std::move(variables_before_); }
        // Throws for a name that users may not give (MongoDB's 9).
        std::size_t define(std::string_view name);

    private:
        ExpressionParser& parser_;
        std::map<std::string, std::size_t, std::less<>> variables_before_;
    };

    // The value of an expression whose parts are constant, if it can be had.
    ExpressionPtr folded(ExpressionPtr expression, bool constant);

    // While it lives, constants that cannot be computed are no mistake: for branches that are known never to be taken.
    class Leniency {
    public:
        Leniency(ExpressionParser& parser, bool applies) : parser_(parser), before_(parser.is_lenient_) {
            parser.is_lenient_ = before_ || applies;
        }
        Leniency(const Leniency&) = delete;
        Leniency& operator=(const Leniency&) = delete;
        ~Leniency() { parser_.is_lenient_ = before_; }

    private:
        ExpressionParser& parser_;
        bool before_;
    };

    // Whether an expression that has been parsed names a system field, which an Evaluation then has to know.
    bool reads_system_fields() const { return reads_system_fields_; }
    // Whether one looks at the document at all, or at $$NOW.
    bool reads_document() const { return reads_document_; }
    bool reads_now() const { return reads_now_; }

private:
    struct Folding;

    ExpressionPtr parse_nested(View operand);
    ExpressionPtr parse_array(View array);
    ExpressionPtr parse_object(View object);
    ExpressionPtr parse_string(View string);
    ExpressionPtr parse_variable(std::string_view name_and_path);
    ExpressionPtr parse_operator(std::string_view name, View operand);

    const Settings settings_;
    std::size_t depth_ = 0;
    std::size_t slots_ = 0;
    std::map<std::string, std::size_t, std::less<>> variables_;  // name to slot
    std::unique_ptr<Folding> folding_;                           // made on first use
    std::optional<Error> mistake_;                               // the first in a constant
    bool is_lenient_ = false;
    bool reads_system_fields_ = false;
    bool reads_document_ = false;
    bool reads_now_ = false;
};

// compare(), with its work counted.
std::weak_ordering compare_counted(Evaluation& evaluation, View a, View b);

// A field of an object, with the work of finding it counted.
View field_of(View object, std::string_view name, Scratch& scratch);

// What $-prefixed paths do in expressions: the objects of an array on the way are mapped over, numbers are keys, what
// is missing is left out. `value` may be missing.
View value_at(View value, std::span<const std::string> path, Scratch& scratch);

// Splits and checks "a.b.c". Throws with MongoDB's number (16410 for a part that begins with $, 40353, 15998, 16411).
std::vector<std::string> parse_field_path(std::string_view text, const Limits& limits);

// MongoDB's name of a value's type, as messages and $type have it: "int", "long", "double", "string", "missing"...
std::string_view type_name(View value);

// Throws invalid_argument with MongoDB's number.
[[noreturn]] void fail_expression(int mongo, std::string_view op, std::string_view message);

}  // namespace sheaf::query
