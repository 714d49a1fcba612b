// Filter::lowered(): a filter as a Predicate. What cannot be said there is "always", which says nothing.
#include <algorithm>
#include <cmath>

#include "query/filter/filter_node.hpp"
#include "query/lowered_path.hpp"

namespace sheaf::query {

namespace {

using Says = Predicate::Kind;

LoweredFilter nothing_known() {
    return {};
}

// Values that a predicate may compare with.
bool is_lowered_equality(View operand) {
    switch (operand.type()) {
        case Type::null:
        case Type::boolean:
        case Type::integer:
            return true;
        case Type::number:
            return std::isfinite(operand.number());
        case Type::string:
            return operand.string().find('\0') == std::string_view::npos;
        default:
            return false;
    }
}

bool is_lowered_order(View operand) {
    return is_lowered_equality(operand) && operand.type() != Type::null && operand.type() != Type::boolean;
}

Predicate comparison(const std::vector<std::string>& path, Predicate::Op op, View operand) {
    return {.kind = Says::compare, .path = path, .op = op, .value = Bytes(operand.encoded())};
}

}  // namespace

bool LowerBudget::take(const Predicate& predicate) {
    std::size_t parts = predicate.path.size();
    std::size_t bytes = predicate.value.size();
    for (const std::string& key : predicate.path) bytes += key.size();
    if (parts > parts_left || bytes > bytes_left) return false;
    parts_left -= parts;
    bytes_left -= bytes;
    return std::all_of(predicate.parts.begin(), predicate.parts.end(), [this](const Predicate& p) { return take(p); });
}

std::optional<Predicate> CompareTest::lowered(const std::vector<std::string>& path) const {
    using Op = Predicate::Op;
    if (type_ == Type::null) {
        // Null stands in no relation to anything but null and what is missing.
        if (!accepts_.equal) return Predicate{.kind = Says::never};
        return comparison(path, Op::eq, operand_);
    }
    if (!accepts_.less && !accepts_.greater) {
        if (!is_lowered_equality(operand_)) return std::nullopt;
        return comparison(path, Op::eq, operand_);
    }
    if (!is_lowered_order(operand_)) return std::nullopt;
    const Op op = accepts_.less ? (accepts_.equal ? Op::lte : Op::lt) : accepts_.equal ? Op::gte : Op::gt;
    return comparison(path, op, operand_);
}

std::optional<Predicate> InTest::lowered(const std::vector<std::string>& path) const {
    if (values_.empty()) return Predicate{.kind = Says::never};
    if (values_.size() > LowerBudget().parts_left) return std::nullopt;
    Predicate any{.kind = Says::any};
    for (const View value : values_) {
        if (!is_lowered_equality(value)) return std::nullopt;
        any.parts.push_back(comparison(path, Predicate::Op::eq, value));
    }
    return any;
}

LoweredFilter AndNode::lowered(LowerBudget& budget) const {
    LoweredFilter out{{.kind = Says::all}, true};
    for (const NodePtr& child : children_) {
        LoweredFilter part = child->lowered(budget);
        out.exact = out.exact && part.exact;
        if (part.predicate.kind == Says::never) return {std::move(part.predicate), part.exact};
        if (part.predicate.kind != Says::always) out.predicate.parts.push_back(std::move(part.predicate));
    }
    if (out.predicate.parts.empty()) out.predicate.kind = Says::always;
    return out;
}

LoweredFilter OrNode::lowered(LowerBudget& budget) const {
    LoweredFilter out{{.kind = Says::any}, true};
    for (const NodePtr& child : children_) {
        LoweredFilter part = child->lowered(budget);
        out.exact = out.exact && part.exact;
        if (part.predicate.kind == Says::always) return {std::move(part.predicate), part.exact};
        if (part.predicate.kind != Says::never) out.predicate.parts.push_back(std::move(part.predicate));
    }
    if (out.predicate.parts.empty()) out.predicate.kind = Says::never;
    return out;
}

// What is known of more than those that match says nothing of the rest.
LoweredFilter NotNode::lowered(LowerBudget& budget) const {
    LoweredFilter inner = child_->lowered(budget);
    if (!inner.exact) return nothing_known();
    if (inner.predicate.kind == Says::always) return {{.kind = Says::never}, true};
    if (inner.predicate.kind == Says::never) return {{.kind = Says::always}, true};
    LoweredFilter out{{.kind = Says::none}, true};
    out.predicate.parts.push_back(std::move(inner.predicate));
    return out;
}

LoweredFilter ConstantNode::lowered(LowerBudget&) const {
    return {{.kind = value_ ? Says::always : Says::never}, true};
}

LoweredFilter LeafNode::lowered(LowerBudget& budget) const {
    if (field_.system != SystemField::none) return nothing_known();
    const auto path = lowered_path(field_.path);
    if (!path) return nothing_known();
    std::optional<Predicate> predicate = test_->lowered(*path);
    if (!predicate || !budget.take(*predicate)) return nothing_known();
    return {*std::move(predicate), true};
}

}  // namespace sheaf::query
