#include "query/update/update.hpp"

#include <deque>

#include "document/encoder.hpp"
#include "query/operand.hpp"
#include "query/update/applier.hpp"
#include "query/update/finished.hpp"
#include "query/update/update_parser.hpp"
#include "query/update/update_pipeline.hpp"

namespace sheaf::query {

// Operators or a pipeline.
struct Update::State {
    std::optional<ParsedUpdate> operators;
    std::optional<UpdatePipeline> pipeline;
};

namespace {

// MongoDB's number where a filter asks for two values of one field, so that an upsert can take neither.
constexpr int two_values = 54;

[[noreturn]] void refuse_update(std::string_view message) {
    fail(Code::invalid_update, message, {});
}

void check_update(View update, std::span<const Document> array_filters, const Limits& limits) {
    const std::size_t size = update.encoded().size();
    if (size > limits.filter_bytes) {
        fail(Code::limit_exceeded,
             "an update of " + std::to_string(size) + " bytes is over the limit of " +
                 std::to_string(limits.filter_bytes),
             {});
    }
    if (update.is_array()) {
        if (!array_filters.empty()) refuse_update("array filters do not go with a pipeline");
        return;
    }
    if (!update.is_object()) {
        refuse_update("an update is an object of operators or a pipeline, not " + with_article(update.type()));
    }
    if (update.size() == 0) {
        refuse_update("an update needs an operator such as $set; an empty document is for replace");
    }
}

// `old_id` is missing where the document has none that must be kept.
void apply_operators(const ParsedUpdate& update, Value& root, View old_id, const Applier::Options& options,
                     const Limits& limits) {
    Applier applier(limits, options);
    if (update.renames() > 0) applier.take(update.sources(), root);
    applier.apply(update.tree(), root);
    const UpdatePart id{{"_id", std::nullopt}};
    const auto found = update.tree().children.find(&id);
    if (!old_id || found == update.tree().children.end()) return;
    const Modification& leaf = found->second->any_leaf();
    if (leaf.role == Modification::Role::put && applier.has_taken(leaf.slot)) {
        refuse(Code::immutable_field, 0, leaf.target(), "_id cannot be what another field is renamed to");
    }
    keep_id(root.as_object(), old_id, leaf);
}

// The equalities of a filter as a document.
Value document_of(const Filter& filter, const Limits& limits) {
    std::deque<Modification> sets;
    UpdateNode tree;
    for (const Filter::Equality& equality : filter.equalities()) {
        sets.push_back({"the filter", equality.path, literal_path(equality.path, limits), Modification::Role::act,
                        make_set(equality.value.to_value())});
        insert_modification(tree, sets.back(), two_values);
    }
    Value root = Object();
    Applier(limits, {.mode = Applier::Mode::insert}).apply(tree, root);
    return root;
}

}  // namespace

Update::Update(Update&&) noexcept = default;
Update& Update::operator=(Update&&) noexcept = default;
Update::~Update() = default;
Update::Update(std::unique_ptr<State> state) : state_(std::move(state)) {}

Update Update::parse(View update, const Settings& settings, std::span<const Document> array_filters) {
    check_update(update, array_filters, settings.limits);
    auto state = std::make_unique<State>();
    if (update.is_array()) {
        state->pipeline = UpdatePipeline::parse(update, settings);
    } else {
        state->operators.emplace(update, settings, array_filters);
    }
    return Update(std::move(state));
}

Update Update::parse(const Document& update, const Settings& settings, std::span<const Document> array_filters) {
    return parse(update.view(), settings, array_filters);
}

bool Update::needs_matched_index() const {
    return state_->operators && state_->operators->needs_matched_index();
}

std::optional<Document> Update::apply(const Document& document, const Limits& limits,
                                      std::optional<std::size_t> matched_index) const {
    if (state_->pipeline) {
        const Bytes computed = state_->pipeline->apply(document.view(), limits);
        Document changed = finished_pipeline(View(computed), document.view(), false, limits);
        if (changed == document) return std::nullopt;
        return changed;
    }
    const ParsedUpdate& update = *state_->operators;
    Value root = document.view().to_value();
    apply_operators(update, root, document["_id"], {.matched_index = matched_index, .renames = update.renames()},
                    limits);
    Bytes bytes = encode(root);
    if (bytes == document.cbor()) return std::nullopt;
    return finished(root, std::move(bytes), limits);
}

Document Update::upserted(const Filter& filter, const Limits& limits) const {
    Value root = document_of(filter, limits);
    const Bytes before = encode(root);
    if (state_->pipeline) {
        const Bytes computed = state_->pipeline->apply(View(before), limits);
        return finished_pipeline(View(computed), View(before), true, limits);
    }
    const ParsedUpdate& update = *state_->operators;
    apply_operators(update, root, View(before)["_id"], {.mode = Applier::Mode::insert, .renames = update.renames()},
                    limits);
    root = with_id_first(std::move(root.as_object()));
    return finished(root, encode(root), limits);
}

Document upserted_replacement(const Filter& filter, const Document& replacement, const Limits& limits) {
    Value root = replacement.view().to_value();
    std::optional<View> asked;  // by the filter
    for (const Filter::Equality& equality : filter.equalities()) {
        if (equality.path != "_id") continue;
        if (asked && compare(*asked, equality.value) != 0) {
            fail(Code::conflicting_paths, two_values,
                 "the filter asks for two _ids, " + describe(*asked) + " and " + describe(equality.value), "_id");
        }
        asked = equality.value;
        if (const View id = replacement["_id"]; id && compare(id, equality.value) != 0) {
            fail(Code::immutable_field,
                 "the replacement's _id is " + describe(id) + ", but the filter asks for " + describe(equality.value),
                 "_id");
        }
        root.as_object().set("_id", equality.value.to_value());
    }
    root = with_id_first(std::move(root.as_object()));
    return finished(root, encode(root), limits);
}

}  // namespace sheaf::query
