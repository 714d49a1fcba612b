// Collection::explain: runs a find and tells what it did; and the explanation as a document.
#include <sheaf/collection.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include <algorithm>
#include <chrono>

#include "document/key.hpp"
#include "engine/find_cursor.hpp"
#include "engine/pushdown_forms.hpp"
#include "engine/reading.hpp"

namespace sheaf {

namespace {

using engine::Access;
using engine::OrderedRows;
using engine::Plan;
using engine::Query;

std::string_view kind_name(AccessPath::Kind kind) {
    switch (kind) {
        case AccessPath::Kind::scan:
            return "scan";
        case AccessPath::Kind::ids:
            return "ids";
        case AccessPath::Kind::index:
            return "index";
    }
    return "";
}

AccessPath path_of(const Access& access, const LoweredFilter* pushed) {
    AccessPath path{.kind = access.kind};
    path.exact = access.exact;
    path.estimated = access.estimated;
    path.bounds = access.bounds;
    path.direction = access.descending ? "backward" : "forward";
    if (pushed != nullptr) {
        path.pushed = engine::predicate_text(pushed->predicate);
        path.pushed_whole = pushed->exact;
    }
    if (access.kind == AccessPath::Kind::ids) path.ranges = static_cast<std::int64_t>(access.ids.size());
    if (access.kind != AccessPath::Kind::index) return path;
    path.ranges = static_cast<std::int64_t>(access.ranges.size());
    path.index = access.index == nullptr ? "_id_" : access.index->name;
    path.keys = access.index == nullptr ? Document{{"_id", 1}} : access.index->definition.keys;
    return path;
}

std::string narrowing(const Plan& plan, const query::Filter& filter, bool pushed) {
    if (plan.accesses.empty()) return "there is nothing to read";
    const Access& access = plan.accesses.front();
    if (pushed) {
        return access.kind == AccessPath::Kind::scan ? "the backend, then the filter"
                                                     : "the index and the backend, then the filter";
    }
    if (access.kind == AccessPath::Kind::scan) {
        if (filter.matches_everything()) return "nothing";
        return filter.reads_system_fields() ? "the filter" : "the filter, asked by the backend";
    }
    const std::string by = access.kind == AccessPath::Kind::ids ? "the ids" : "the index";
    return access.exact ? by : by + ", then the filter";
}

std::string sorting(const Plan& plan, const query::Sort& sort, std::int64_t wanted, bool chosen) {
    if (sort.empty()) return "none";
    if (chosen) return "the backend, the first " + std::to_string(wanted) + ", then memory";
    if (plan.ordered > sort.fields().size()) return "index";
    if (plan.ordered == sort.fields().size()) return "index, ties by _id in memory";
    if (plan.ordered > 0) return "index, the further fields in memory";
    return wanted > 0 ? "memory, the first " + std::to_string(wanted) : "memory";
}

// Runs queries, and remembers which documents they gave: their ids' keys.
class Runner {
public:
    Runner(engine::Session& session, const std::string& collection, const Control& control)
        : session_(session), collection_(collection), control_(control) {}

    std::vector<Bytes> run(const Query& query, std::int64_t skip, std::int64_t limit, Explanation* explanation) {
        OrderedRows rows(session_.tx(), session_.store(), collection_, query, control_);
        if (explanation != nullptr) describe(rows, query, *explanation);
        std::vector<Bytes> ids;
        driver::RowView row;
        while ((limit == 0 || static_cast<std::int64_t>(ids.size()) < limit) && rows.next(row)) {
            if (skip > 0) {
                --skip;
            } else {
                ids.push_back(encode_key(View(row.body)["_id"]));
            }
        }
        if (explanation == nullptr) return ids;
        const engine::Cost cost = rows.cost();
        explanation->keys_examined = cost.keys;
        explanation->documents_examined = cost.documents;
        explanation->returned = static_cast<std::int64_t>(ids.size());
        if (rows.spilled()) explanation->sort += " and a temporary file";
        return ids;
    }

private:
    static void describe(OrderedRows& rows, const Query& query, Explanation& explanation) {
        const Plan& plan = rows.plan();
        bool pushed = false;
        for (const Access& access : plan.accesses) {
            const LoweredFilter* const filter = rows.matches().pushed_down(access);
            explanation.paths.push_back(path_of(access, filter));
            pushed = pushed || filter != nullptr;
        }
        explanation.sort = sorting(plan, *query.sort, query.limit, rows.chosen_by_backend());
        explanation.narrowed_by = narrowing(plan, query.filter, pushed);
        explanation.reason = plan.reason;
        explanation.considered = plan.considered;
    }

    engine::Session& session_;
    const std::string& collection_;
    const Control& control_;
};

std::string id_of_key(BytesView key) {
    if (is_string_key(key)) return to_json(Value(decode_string_key(key)));
    return "an _id that is no string";
}

// Without a sort any order will do, and with a limit any of the matching documents.
void compare(std::vector<Bytes> found, std::vector<Bytes> expected, bool ordered, bool partial,
             Explanation& explanation) {
    if (!ordered) {
        std::sort(found.begin(), found.end());
        std::sort(expected.begin(), expected.end());
    }
    explanation.verified =
        partial ? std::includes(expected.begin(), expected.end(), found.begin(), found.end()) : found == expected;
    if (*explanation.verified) return;
    explanation.difference =
        "the plan gives " + std::to_string(found.size()) + " documents, a scan " + std::to_string(expected.size());
    const auto [ours, theirs] = std::mismatch(found.begin(), found.end(), expected.begin(), expected.end());
    if (ours != found.end()) explanation.difference += "; the first that differs is " + id_of_key(*ours);
    if (theirs != expected.end()) explanation.difference += "; where a scan has " + id_of_key(*theirs);
}

Explanation explained(const engine::Target& target, const Document& filter, const ExplainOptions& options) {
    const auto sort = query::Sort::parse(options.sort, target.limits());
    engine::Reading reading(target, filter, options);
    Query& query = reading.query;
    query.sort = &sort;
    query.limit = engine::wanted_rows(options.limit, options.skip);
    query.explained = true;
    Explanation explanation;
    Runner runner(*reading.session, target.name, reading.control);
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<Bytes> found = runner.run(query, options.skip, options.limit, &explanation);
    explanation.time = std::chrono::steady_clock::now() - begin;
    if (options.verify == Verify::no) return explanation;
    query.hint = "$natural";
    query.pushes_down = false;
    const bool ordered = !sort.empty();
    const bool partial = !ordered && (options.limit > 0 || options.skip > 0);
    if (partial) query.limit = 0;
    compare(found, runner.run(query, partial ? 0 : options.skip, partial ? 0 : options.limit, nullptr), ordered,
            partial, explanation);
    return explanation;
}

}  // namespace

Explanation Collection::explain(const Document& filter, const ExplainOptions& options) const {
    engine::check_limit_and_skip(options.limit, options.skip);
    const engine::Target target{store_, session_, name_};
    return target.read(options.control, [&] { return explained(target, filter, options); });
}

Document Explanation::to_document() const {
    Array access;
    for (const AccessPath& path : paths) {
        Object entry{{"kind", std::string(kind_name(path.kind))}};
        if (path.kind == AccessPath::Kind::index) {
            entry.set("index", path.index);
            entry.set("keys", path.keys.view().to_value());
            entry.set("direction", path.direction);
            entry.set("bounds", Value::array({}));
            for (const std::string& bound : path.bounds) entry.find("bounds")->as_array().emplace_back(bound);
        }
        if (path.kind != AccessPath::Kind::scan) entry.set("ranges", path.ranges);
        entry.set("exact", path.exact);
        if (!path.pushed.empty()) {
            entry.set("pushed", path.pushed);
            entry.set("pushedWhole", path.pushed_whole);
        }
        if (path.estimated >= 0) entry.set("estimated", path.estimated);
        access.emplace_back(std::move(entry));
    }
    Object result{{"access", std::move(access)},
                  {"narrowedBy", narrowed_by},
                  {"sort", sort},
                  {"reason", reason},
                  {"keysExamined", keys_examined},
                  {"documentsExamined", documents_examined},
                  {"returned", returned},
                  {"milliseconds", static_cast<double>(time.count()) / 1e6}};
    Array others;
    for (const Considered& index : considered) {
        Object entry{{"index", index.index}, {"verdict", index.verdict}};
        if (index.estimated >= 0) entry.set("estimated", index.estimated);
        others.emplace_back(std::move(entry));
    }
    if (!others.empty()) result.set("considered", std::move(others));
    if (verified) result.set("verified", *verified);
    if (!difference.empty()) result.set("difference", difference);
    return Document(std::move(result));
}

}  // namespace sheaf
