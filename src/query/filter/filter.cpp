#include "query/filter/filter.hpp"

#include "query/filter/filter_node.hpp"
#include "query/filter/filter_parse.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

struct Filter::State {
    enum class Scope {
        documents,  // parse()
        value,      // operators on the value itself
        object,     // a query on the value, which has to be an object
    };
    Bytes bytes;  // of the filter; the nodes point into it
    Scope scope = Scope::documents;
    NodePtr root;
};

namespace {

constexpr std::size_t max_implies_steps = 100'000;

// Equality of whole values; unlike {"$eq": ...} it does not look into arrays.
class SameNode final : public FilterNode {
public:
    explicit SameNode(View operand) : operand_(operand) {}
    bool matches(const Subject& subject) const override { return compare(subject.document, operand_) == 0; }

private:
    View operand_;
};

}  // namespace

Filter::Filter() = default;
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;
Filter::Filter(std::unique_ptr<State> state) : state_(std::move(state)) {}

Filter Filter::parse(const Document& filter, const Settings& settings) {
    check_size(filter, "a filter", settings.limits);
    return parse(filter.view(), settings);
}

Filter Filter::parse(View filter, const Settings& settings) {
    auto state = std::make_unique<State>();
    state->bytes = filter.encoded();
    Nodes nodes = parse_query(View(state->bytes), {settings, settings.has_system_fields});
    if (nodes.empty()) return Filter();
    state->root = conjunction(std::move(nodes));
    return Filter(std::move(state));
}

Filter Filter::parse_condition(View condition, std::string_view path, const Settings& settings) {
    using Scope = State::Scope;
    auto state = std::make_unique<State>();
    state->bytes = condition.encoded();
    const View own(state->bytes);
    const FilterContext context = FilterContext{settings}.element();
    if (!own.is_object()) {
        state->scope = Scope::value;
        state->root = std::make_unique<SameNode>(own);
    } else if (begins_with_field_operator(own)) {
        state->scope = Scope::value;
        state->root = conjunction(parse_operators({{}, path, own}, own, context));
    } else {
        state->scope = Scope::object;
        state->root = conjunction(parse_query(own, context));
    }
    return Filter(std::move(state));
}

bool Filter::matches(const Subject& subject) const {
    return state_ == nullptr || state_->root->matches(subject);
}

bool Filter::reads_system_fields() const {
    return state_ != nullptr && state_->root->reads_system_fields();
}

bool Filter::matches_value(View value) const {
    if (state_ == nullptr) return true;
    if (state_->scope == State::Scope::object && !value.is_object()) return false;
    return state_->root->matches({value, {}});
}

std::optional<std::size_t> Filter::matched_index(const Subject& subject) const {
    return state_ == nullptr ? std::nullopt : state_->root->matched_index(subject);
}

bool Filter::matches_everything() const {
    return state_ == nullptr;
}

std::optional<std::vector<View>> Filter::ids() const {
    if (state_ == nullptr) return std::nullopt;
    return state_->root->ids();
}

std::vector<Filter::Equality> Filter::equalities() const {
    std::vector<Equality> out;
    if (state_ != nullptr) state_->root->add_equalities(out);
    return out;
}

FilterBounds Filter::bounds() const {
    if (state_ == nullptr || state_->scope != State::Scope::documents) return {};
    const Path root;
    BoundTally tally;
    return bounds_of(*state_->root, {root, 0, false, tally});
}

LoweredFilter Filter::lowered() const {
    if (state_ == nullptr) return {{}, true};
    if (state_->scope != State::Scope::documents) return {};
    LowerBudget budget;
    return state_->root->lowered(budget);
}

bool Filter::implies(const Filter& other) const {
    if (other.state_ == nullptr) return true;
    if (other.state_->scope != State::Scope::documents) return false;
    const FilterBounds bounds = this->bounds();
    const std::vector<const FilterNode*> conjuncts =
        state_ == nullptr ? std::vector<const FilterNode*>() : conjuncts_of(*state_->root);
    std::size_t steps = max_implies_steps;
    return query::implies({bounds, conjuncts, steps}, *other.state_->root);
}

}  // namespace sheaf::query
