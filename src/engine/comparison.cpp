#include "engine/comparison.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include <sheaf/error.hpp>

#include "engine/collections.hpp"
#include "engine/document_chain.hpp"
#include "engine/run_and_commit.hpp"

namespace sheaf {

namespace engine {

namespace {

using Kind = DocumentDifference::Kind;
constexpr std::size_t named_differences = 10;

// The documents of one store in the order of their keys.
class KeyOrder {
public:
    KeyOrder(Session& session, const std::string& name, bool exists) {
        if (exists) cursor_ = session.tx().scan(name, {.order = driver::Order::key});
        next();
    }
    void next() { at_end_ = cursor_ == nullptr || !cursor_->next(row_); }
    bool at_end() const { return at_end_; }
    const driver::RowView& row() const { return row_; }
    BytesView key() { return cursor_->key(); }

private:
    std::unique_ptr<driver::Cursor> cursor_{};
    driver::RowView row_{};
    bool at_end_ = true;
};

std::string what_differs(const driver::RowView& a, const driver::RowView& b) {
    std::string what;
    const auto add = [&](bool differs, std::string_view name) {
        if (differs) what.append(what.empty() ? "" : ", ").append(name);
    };
    add(a.body != b.body, "body");
    add(a.meta.version != b.meta.version, "version");
    add(a.meta.archived != b.meta.archived, "archived");
    add(a.meta.created != b.meta.created, "created");
    add(a.meta.updated != b.meta.updated, "updated");
    return what;
}

void note(CollectionComparison& result, Kind kind, KeyOrder& place, std::string what = "") {
    std::int64_t& count = kind == Kind::missing   ? result.missing
                          : kind == Kind::surplus ? result.surplus
                                                  : result.changed;
    ++count;
    if (result.differences.size() == named_differences) return;
    result.differences.push_back({kind, id_text_of(place.key(), place.row().body), std::move(what)});
}

void find_differences(KeyOrder first, KeyOrder second, CollectionComparison& result, const Control& control) {
    while (!first.at_end() || !second.at_end()) {
        control.check();
        const int order = first.at_end() ? 1 : second.at_end() ? -1 : first.key().compare(second.key());
        if (order < 0) note(result, Kind::missing, first);
        if (order > 0) note(result, Kind::surplus, second);
        if (order == 0) {
            std::string what = what_differs(first.row(), second.row());
            if (!what.empty()) note(result, Kind::changed, second, std::move(what));
        }
        if (order <= 0) first.next();
        if (order >= 0) second.next();
    }
}

using Definitions = std::map<std::string, IndexDefinition>;

Definitions ready_indexes(Session& session, const std::string& name) {
    Definitions definitions;
    const auto info = session.store().catalog().find(session.tx(), name);
    if (info == nullptr) return definitions;
    for (const auto& index : info->indexes) {
        if (index->state == IndexState::ready) definitions.emplace(index->name, index->definition);
    }
    return definitions;
}

// Names of those that are not in `others` as they are.
std::vector<std::string> names_not_in(const Definitions& definitions, const Definitions& others) {
    std::vector<std::string> names;
    for (const auto& [name, definition] : definitions) {
        const auto found = others.find(name);
        if (found == others.end() || !found->second.same_as(definition)) names.push_back(name);
    }
    return names;
}

std::vector<std::string> united(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<std::string> all;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
    return all;
}

}  // namespace

std::vector<std::string> chosen_names(const std::vector<std::string>& wanted, const std::vector<std::string>& present,
                                      std::string_view where) {
    if (wanted.empty()) return present;
    for (const std::string& name : wanted) {
        check_collection_name(name);
        if (std::binary_search(present.begin(), present.end(), name)) continue;
        throw Error(Code::not_found, "there is no collection \"" + name + "\" in " + std::string(where),
                    {.collection = name});
    }
    std::vector<std::string> names = wanted;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

CollectionComparison::Side read_side(Session& session, const std::string& name, const CompareOptions& options,
                                     std::int64_t before, std::int64_t total) {
    driver::Transaction& tx = session.tx();
    if (session.store().catalog().find(tx, name) == nullptr) return {};
    const DocumentChain chain = chain_of(tx, name, options.control, [&](std::int64_t done) {
        if (options.progress) options.progress({CopyStep::verifying, name, before + done, total});
    });
    return {.exists = true, .documents = chain.documents(), .hash = hex_of(chain.hash())};
}

CollectionComparison compare_collections(Session& first, Session& second, const std::string& name,
                                         CollectionComparison::Side first_side, CollectionComparison::Side second_side,
                                         const Control& control) {
    CollectionComparison result{.name = name, .first = std::move(first_side), .second = std::move(second_side)};
    if (result.first != result.second) {
        find_differences({first, name, result.first.exists}, {second, name, result.second.exists}, result, control);
        const bool other_documents = result.missing + result.surplus + result.changed > 0;
        result.same_order = other_documents || !result.first.exists || !result.second.exists;
    }
    const Definitions in_first = ready_indexes(first, name);
    const Definitions in_second = ready_indexes(second, name);
    result.indexes = united(names_not_in(in_first, in_second), names_not_in(in_second, in_first));
    return result;
}

}  // namespace engine

bool CompareResult::equal() const {
    return std::all_of(collections.begin(), collections.end(), [](const auto& one) { return one.equal(); });
}

namespace {

CompareResult compare_once(const Database& first, const Database& second, const CompareOptions& options) {
    using engine::Session;
    Session a(store_of(first), {.control = options.control});
    Session b(store_of(second), {.control = options.control});
    const std::vector<std::string> all = engine::united(engine::collections_of(a.tx()), engine::collections_of(b.tx()));
    CompareResult result;
    for (const std::string& name : engine::chosen_names(options.collections, all, "either store")) {
        const auto about = [&](Session& session) {
            const bool exists = session.store().catalog().find(session.tx(), name) != nullptr;
            return exists ? session.tx().estimate(name) : 0;
        };
        const std::int64_t total = about(a) + about(b);
        CollectionComparison::Side of_a = engine::read_side(a, name, options, 0, total);
        CollectionComparison::Side of_b = engine::read_side(b, name, options, of_a.documents, total);
        result.collections.push_back(
            engine::compare_collections(a, b, name, std::move(of_a), std::move(of_b), options.control));
    }
    return result;
}

}  // namespace

CompareResult compare(const Database& first, const Database& second, const CompareOptions& options) {
    return engine::run_reading(*store_of(first), options.control, [&] { return compare_once(first, second, options); });
}

}  // namespace sheaf
