#include "engine/planner.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <sheaf/error.hpp>

#include "document/key.hpp"
#include "engine/bounds_text.hpp"
#include "engine/index_fit.hpp"

namespace sheaf::engine {

namespace {

// What things cost, in documents looked at by a scan (docs/internals/benchmarks.md): to fetch a document through an
// index, to sort one, to count a pair.
constexpr double fetch_cost = 4.5;
constexpr double sort_cost = 2;
constexpr double tie_cost = 0.5;
// Of documents that a filter without a useful index lets pass, for want of better knowledge.
constexpr std::int64_t guessed_selectivity = 10;
// A count ends where the index could not be the cheapest any more; at least so far, that plans with a limit are not
// guessed from too little.
constexpr std::int64_t least_counted = 1000;
constexpr std::size_t max_branches = 100;  // of an $or
constexpr std::size_t few_ranges = 10;

struct Candidate {
    IndexFit fit;

    // By bounds, or because it leaves out what cannot match.
    bool narrows() const { return fit.narrows() || (fit.index != nullptr && !fit.index->complete()); }

    std::int64_t pairs = -1;  // in the ranges; -1: not counted
    bool capped = false;      // there are more
    double cost = 0;
};

class Planner {
public:
    Planner(driver::Transaction& tx, const Limits& limits, std::string_view collection, const Query& query)
        : tx_(tx), limits_(limits), collection_(collection), query_(query) {}

    Plan make(Store& store) {
        // Before the catalog is asked for: a get finds out itself whether there is such a collection.
        if (const auto ids = query_.filter.ids(); ids && query_.hint.empty()) return by_ids(*ids);
        plan_.info = store.catalog().find(tx_, collection_);
        if (plan_.info == nullptr) return scan("there is no such collection");
        if (query_.hint == "$natural") return scan("the hint asks for a scan");
        if (plan_.info->indexes.empty() && !wants_ids()) return scan("there is no index");
        bounds_ = query_.filter.bounds();
        if (!query_.hint.empty()) return hinted();
        return choose();
    }

private:
    bool wants_order() const { return query_.sort != nullptr && !query_.sort->empty(); }
    std::size_t whole_order() const { return wants_order() ? query_.sort->fields().size() + 1 : 0; }
    // Whether the order of _id may serve, which every collection has.
    bool wants_ids() const { return wants_order() || !query_.filter.matches_everything(); }

    Plan scan(std::string_view reason) {
        plan_.accesses.push_back({.kind = Access::Kind::scan, .exact = query_.filter.matches_everything()});
        plan_.reason = reason;
        return std::move(plan_);
    }

    Plan by_ids(const std::vector<View>& ids) {
        Access access{.kind = Access::Kind::ids};
        for (const View id : ids) {
            const Type type = id.type();
            if (type == Type::array || type == Type::object) continue;  // no _id is one
            Bytes key = encode_key(id);
            if (key.size() <= limits_.id_bytes) access.ids.push_back(std::move(key));  // no document has a longer one
        }
        std::sort(access.ids.begin(), access.ids.end());  // 5 and 5.0 ask for the same document
        access.ids.erase(std::unique(access.ids.begin(), access.ids.end()), access.ids.end());
        if (wants_order() && access.ids.size() <= 1) plan_.ordered = whole_order();
        plan_.accesses.push_back(std::move(access));
        plan_.reason = "the filter names the ids";
        return std::move(plan_);
    }

    Plan hinted() {
        if (query_.hint == "_id_") return through(fitted(nullptr), "the hint asks for it");
        const Index* index = plan_.info->find(query_.hint);
        if (index == nullptr || index->state != IndexState::ready) {
            std::string there;
            for (const auto& one : plan_.info->indexes) there += (there.empty() ? "; there are: " : ", ") + one->name;
            throw Error(Code::invalid_argument,
                        "the hint names the index \"" + std::string(query_.hint) + "\", which \"" +
                            std::string(collection_) + "\" does not have" +
                            (index == nullptr ? there : " yet: it is being built"),
                        {.collection = std::string(collection_)});
        }
        if (!serves(*index)) {
            throw Error(Code::invalid_argument,
                        "the index \"" + index->name +
                            "\" leaves out documents that the filter may match, and so cannot be used for it",
                        {.collection = std::string(collection_)});
        }
        return through(fitted(index), "the hint asks for it");
    }

    // A sparse or partial index serves filters that match nothing else than what it holds.
    bool serves(const Index& index) const { return index.complete() || query_.filter.implies(index.partial); }

    IndexFit fitted(const Index* index) const { return fit_index(index, bounds_, query_.sort); }

    Plan choose() {
        std::vector<Candidate> candidates;
        if (wants_ids()) add_candidate(candidates, nullptr);
        for (const auto& index : plan_.info->indexes) {
            if (index->state != IndexState::ready) {
                consider(index->name, -1, "is being built");
            } else if (!serves(*index)) {
                consider(index->name, -1, "leaves out documents that the filter may match");
            } else {
                add_candidate(candidates, index.get());
            }
        }
        if (Candidate* counting = best_for_counting(candidates)) {
            return through(std::move(counting->fit), "the index alone can count");
        }
        return cheapest(candidates);
    }

    void add_candidate(std::vector<Candidate>& candidates, const Index* index) {
        if (may_help(index)) {
            Candidate candidate{.fit = fitted(index)};
            if (candidate.narrows() || candidate.fit.ordered > 0) {
                candidates.push_back(std::move(candidate));
                return;
            }
        }
        const std::string_view name = index == nullptr ? std::string_view("_id_") : std::string_view(index->name);
        consider(name, -1, "no condition or sort is on its first field");
    }

    // A quick look at the first field before an index is fitted.
    bool may_help(const Index* index) const {
        if (wants_order() || (index != nullptr && !index->complete())) return true;
        const Path& first = index == nullptr ? id_path() : index->keys.fields().front().path;
        return std::any_of(bounds_.bounds.begin(), bounds_.bounds.end(),
                           [&](const query::Bound& bound) { return bound.path == first; });
    }

    // Counting needs no document where the index decides alone. The most fields narrow best.
    Candidate* best_for_counting(std::vector<Candidate>& candidates) const {
        Candidate* best = nullptr;
        const bool sees_archived = plan_.info->has_archived && query_.archived != Archived::include;
        if (!query_.only_counts || sees_archived || query_.archived == Archived::only) return nullptr;
        for (Candidate& candidate : candidates) {
            const IndexFit& fit = candidate.fit;
            if (!fit.exact || !fit.narrows() || fit.is_multikey()) continue;
            if (best == nullptr || fit.ranges.used > best->fit.ranges.used) best = &candidate;
        }
        return best;
    }

    Plan cheapest(std::vector<Candidate>& candidates) {
        const auto narrowing = std::count_if(candidates.begin(), candidates.end(),
                                             [](const Candidate& candidate) { return candidate.narrows(); });
        for (Candidate& candidate : candidates) {
            const bool sure = narrowing == 1 && candidate.narrows() && holds_few(candidate.fit);
            if (!sure || query_.explained) continue;
            const std::size_t fields = candidate.fit.ranges.used;
            Plan plan = through(std::move(candidate.fit), "few documents have these values");
            plan.accesses.front().few_by = fields;
            return plan;
        }
        if (candidates.empty() && bounds_.disjunctions.empty()) return scan("no index narrows the filter");
        rows_ = tx_.estimate(collection_);
        std::int64_t fewest = -1;
        for (Candidate& candidate : candidates) {
            // One that holds twice as much as another may still be better by its order, not one that holds more.
            count(candidate, fewest < 0 ? cap() : std::min(cap(), 2 * fewest + least_counted));
            if (candidate.pairs >= 0 && (fewest < 0 || candidate.pairs < fewest)) fewest = candidate.pairs;
        }
        double lowest = scan_cost(fewest);
        Candidate* best = nullptr;
        for (Candidate& candidate : candidates) {
            candidate.cost = cost(candidate, fewest);
            if (candidate.cost >= lowest) continue;
            lowest = candidate.cost;
            best = &candidate;
        }
        if (auto plan = union_below(lowest)) return std::move(*plan);
        for (const Candidate& candidate : candidates) {
            if (&candidate != best) consider(candidate.fit.name(), candidate.pairs, verdict(candidate));
        }
        if (best == nullptr) return scan(candidates.empty() ? "no index narrows the filter" : "a scan is cheaper");
        const char* const why = best->narrows() ? "it narrows best" : "its order answers the sort";
        return through(std::move(best->fit), why, best->pairs);
    }

    // Whether the ranges hold few documents, as far as that is known without counting.
    static bool holds_few(const IndexFit& fit) {
        if (!fit.names_values() || fit.ranges.ranges.size() > few_ranges) return false;
        const bool unique =
            fit.index == nullptr || (fit.index->unique() && !fit.index->definition.options.nulls_distinct);
        return (unique && fit.names_whole_keys()) ||
               (fit.index != nullptr && fit.index->selectivity.is_few(fit.ranges.used));
    }

    static std::string_view verdict(const Candidate& candidate) {
        if (!candidate.narrows()) return "its order would answer the sort, but it does not narrow";
        return candidate.capped ? "holds too many of the documents" : "does not narrow as well";
    }

    std::int64_t cap() const {
        const std::int64_t useful = static_cast<std::int64_t>(static_cast<double>(rows_) / fetch_cost) + 1;
        if (query_.limit == 0) return std::max(useful, least_counted);
        const std::int64_t needed = query_.limit < INT64_MAX / 20 ? 20 * query_.limit : INT64_MAX;
        return std::min(std::max(useful, least_counted), std::max(needed, least_counted));
    }

    // At most as many pairs as may make it the cheapest.
    void count(Candidate& candidate, std::int64_t most) {
        if (!candidate.narrows()) return;
        candidate.pairs = count_pairs(candidate.fit, most);
        candidate.capped = candidate.pairs >= most;
        const IndexFit& fit = candidate.fit;
        const auto ranges = static_cast<std::int64_t>(fit.ranges.ranges.size());
        if (fit.index == nullptr || !fit.names_values() || ranges == 0) return;
        if (candidate.capped && candidate.pairs / ranges <= Selectivity::few) return;  // who knows
        fit.index->selectivity.found(fit.ranges.used, candidate.pairs / ranges);
    }

    std::int64_t count_pairs(const IndexFit& fit, std::int64_t limit) const {
        const std::vector<driver::KeyRange> ranges = key_ranges(fit.ranges.ranges);
        if (ranges.empty()) return 0;
        return tx_.count(fit.index == nullptr ? collection_ : std::string_view(fit.index->table), ranges, limit);
    }

    double scan_cost(std::int64_t fewest) const {
        const auto rows = static_cast<double>(rows_);
        if (wants_order()) return rows * (1 + (query_.limit > 0 ? tie_cost : sort_cost));
        if (query_.limit == 0) return rows;
        return std::min(rows, static_cast<double>(query_.limit) * passing(fewest));
    }

    // How many documents have to be looked at for one that passes the filter.
    double passing(std::int64_t fewest) const {
        if (query_.filter.matches_everything()) return 1;
        if (fewest < 0) return guessed_selectivity;
        return static_cast<double>(rows_) / static_cast<double>(std::max<std::int64_t>(fewest, 1));
    }

    double cost(const Candidate& candidate, std::int64_t fewest) const {
        const IndexFit& fit = candidate.fit;
        double held = static_cast<double>(candidate.narrows() ? candidate.pairs : rows_);
        if (candidate.capped) held = std::max(held, static_cast<double>(rows_) / 2);
        const bool in_order = fit.ordered == whole_order();
        double wanted = held;
        if (query_.limit > 0 && (in_order || fit.ordered > 0)) {
            const double per_result = fit.exact ? 1 : candidate.narrows() ? guessed_selectivity : passing(fewest);
            wanted = std::min(held, static_cast<double>(query_.limit) * per_result);
        }
        return wanted * (fetch_cost + order_cost(fit));
    }

    double order_cost(const IndexFit& fit) const {
        if (fit.ordered == whole_order()) return 0;
        if (fit.ordered + 1 == whole_order()) return tie_cost / 2;  // only _id is left
        return fit.ordered > 0 || query_.limit > 0 ? tie_cost : sort_cost;
    }

    // An $or whose branches are all answered by indexes, where that is cheaper than anything else.
    std::optional<Plan> union_below(double lowest) {
        for (const query::Disjunction& disjunction : bounds_.disjunctions) {
            if (disjunction.branches.size() > max_branches) continue;
            double total = 0;
            std::vector<Access> accesses;
            for (const query::FilterBounds& branch : disjunction.branches) {
                const std::optional<Candidate> best = best_for_branch(branch, lowest - total);
                if (!best) break;
                total += fetch_cost * static_cast<double>(best->pairs);
                if (total >= lowest) break;
                accesses.push_back(access(best->fit, best->pairs));
                accesses.back().exact = false;
            }
            if (accesses.size() < disjunction.branches.size()) continue;
            if (wants_order()) total *= 1 + sort_cost / fetch_cost;
            if (total >= lowest) continue;
            for (const Access& taken : accesses) {
                const std::string_view name = taken.index == nullptr ? "_id_" : std::string_view(taken.index->name);
                std::erase_if(plan_.considered, [&](const auto& other) { return other.index == name; });
            }
            plan_.accesses = std::move(accesses);
            plan_.reason = "each branch of the $or has an index";
            return std::move(plan_);
        }
        return std::nullopt;
    }

    // Nothing where none costs less than `budget`.
    std::optional<Candidate> best_for_branch(const query::FilterBounds& branch, double budget) {
        query::FilterBounds merged = bounds_;
        merged.disjunctions.clear();
        for (query::Bound bound : branch.bounds) {
            bound.exact = false;
            bound.condition = 0;
            merged.bounds.push_back(std::move(bound));
        }
        std::optional<Candidate> best;
        auto most = static_cast<std::int64_t>(budget / fetch_cost) + 1;
        const auto offer = [&](const Index* index) {
            if (!bounds_a_field(branch, index)) return;
            Candidate candidate{.fit = fit_index(index, merged, nullptr)};
            if (!candidate.narrows()) return;
            count(candidate, most);
            if (candidate.capped) return;
            most = candidate.pairs + 1;
            best = std::move(candidate);
        };
        offer(nullptr);
        for (const auto& index : plan_.info->indexes) {
            if (index->state == IndexState::ready && serves(*index)) offer(index.get());
        }
        return best;
    }

    // Whether a branch says anything about a field of the index.
    static bool bounds_a_field(const query::FilterBounds& branch, const Index* index) {
        return std::any_of(branch.bounds.begin(), branch.bounds.end(), [&](const query::Bound& bound) {
            if (index == nullptr) return bound.path == id_path();
            const auto& fields = index->keys.fields();
            return std::any_of(fields.begin(), fields.end(),
                               [&](const auto& field) { return field.path == bound.path; });
        });
    }

    Access access(const IndexFit& fit, std::int64_t pairs) const {
        Access result{.kind = Access::Kind::index, .index = fit.index, .ranges = key_ranges(fit.ranges.ranges)};
        result.descending = fit.descending;
        // What this transaction writes may move a document along the index, before the cursor's eyes.
        result.exact = fit.exact && !query_.beside_writes;
        result.repeats = fit.is_multikey() || query_.beside_writes;
        result.estimated = pairs;
        if (query_.explained) result.bounds = bounds_text(fit);
        return result;
    }

    // REQUIRES: the fit is not needed afterwards.
    Plan through(IndexFit&& fit, std::string_view reason, std::int64_t pairs = -1) {
        if (query_.from != nullptr) begin_page(fit, *query_.from);
        plan_.ordered = fit.ordered;
        plan_.accesses.push_back(access(fit, pairs));
        plan_.reason = reason;
        return std::move(plan_);
    }

    void consider(std::string_view index, std::int64_t estimated, std::string_view verdict) {
        if (query_.explained) plan_.considered.push_back({std::string(index), estimated, std::string(verdict)});
    }

    driver::Transaction& tx_;
    const Limits& limits_;
    std::string_view collection_;
    const Query& query_;
    query::FilterBounds bounds_;
    std::map<const Index*, bool> serves_;  // of those that are not complete
    std::int64_t rows_ = 0;
    Plan plan_;
};

}  // namespace

Plan make_plan(driver::Transaction& tx, Store& store, std::string_view collection, const Query& query) {
    return Planner(tx, store.limits(), collection, query).make(store);
}

}  // namespace sheaf::engine
