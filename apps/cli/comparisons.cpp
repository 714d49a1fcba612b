#include "comparisons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sheaf/json.hpp>
#include <utility>

#include "text.hpp"

namespace sheaf::cli {

namespace {

Value to_value(const CollectionComparison::Side& side) {
    if (!side.exists) return {};
    return Value::object({{"documents", side.documents}, {"sha256", side.hash}});
}

Value to_value(const CollectionComparison& collection) {
    Array indexes;
    for (const std::string& name : collection.indexes) indexes.push_back(name);
    return Value::object({{"collection", collection.name},
                          {"equal", collection.equal()},
                          {"first", to_value(collection.first)},
                          {"second", to_value(collection.second)},
                          {"missing", collection.missing},
                          {"surplus", collection.surplus},
                          {"changed", collection.changed},
                          {"sameOrder", collection.same_order},
                          {"indexes", std::move(indexes)}});
}

std::string text_of(const DocumentDifference& difference) {
    switch (difference.kind) {
        case DocumentDifference::Kind::missing:
            return "only the first store has document " + difference.id;
        case DocumentDifference::Kind::surplus:
            return "only the second store has document " + difference.id;
        case DocumentDifference::Kind::changed:
            return fmt::format("document {} differs in {}", difference.id, difference.what);
    }
    return "";
}

std::string_view step_name(CopyStep step) {
    switch (step) {
        case CopyStep::checking:
            return "check";
        case CopyStep::copying:
            return "copy";
        case CopyStep::indexing:
            return "index";
        case CopyStep::verifying:
            return "verify";
    }
    return "";
}

}  // namespace

std::string difference_text(const CollectionComparison& c) {
    if (c.equal()) return "";
    if (!c.first.exists) return fmt::format("the first store has no collection \"{}\"", c.name);
    if (!c.second.exists) return fmt::format("the second store has no collection \"{}\"", c.name);
    std::string text = fmt::format("\"{}\" is not the same in both stores:", c.name);
    const auto add = [&](const std::string& line) { text.append("\n  ").append(line); };
    for (const DocumentDifference& difference : c.differences) add(text_of(difference));
    const auto named = static_cast<std::int64_t>(c.differences.size());
    const std::int64_t all = c.missing + c.surplus + c.changed;
    if (all > named) add(fmt::format("and {} more documents", all - named));
    if (!c.same_order) add("the documents are the same, but in another order of insertion");
    for (const std::string& index : c.indexes) add(fmt::format("the index \"{}\"", index));
    return text;
}

bool report(const CompareResult& result, Output& out) {
    for (const CollectionComparison& collection : result.collections) {
        out.line(to_json(to_value(collection)));
        if (!collection.equal()) message(difference_text(collection));
    }
    return result.equal();
}

std::vector<std::string> names_argument(const std::optional<std::string>& text) {
    std::vector<std::string> names;
    if (!text) return names;
    for (std::size_t at = 0; at <= text->size();) {
        const std::size_t end = std::min(text->find(',', at), text->size());
        names.push_back(text->substr(at, end - at));
        at = end + 1;
    }
    return names;
}

void StepProgress::show(const CopyProgress& progress) {
    std::string now = fmt::format("{} {}", step_name(progress.step), progress.collection);
    if (now != shown_) {
        line_.reset();  // before the next one is made, which may draw
        line_.emplace(now);
        shown_ = std::move(now);
    }
    line_->update_of(static_cast<std::uint64_t>(progress.done), static_cast<std::uint64_t>(progress.total));
}

}  // namespace sheaf::cli
