#include "indexes/pair.hpp"

#include <sheaf/error.hpp>

#include "indexes/comparison.hpp"
#include "indexes/step_forms.hpp"
#include "oracle/operations.hpp"

namespace sheaf::indexes {

namespace {

using oracle::Answer;

bool works_on_many(std::string_view op) {
    return op == "update_many" || op == "insert_many" || op == "delete_many" || op == "restore" || op == "purge";
}

std::string shown(const Answer& answer) {
    return answer.error.empty() ? "success" : answer.error + " " + std::to_string(answer.mongo);
}

// Every record of all pages, next to what find() with the same order says.
std::string compare_with_find(const Object& step, const Answer& paged, Collection& plain) {
    Object find = step;
    find.set("op", "find");
    Object sort = oracle::document(step, "sort").to_object();
    if (sort.find("_id") == nullptr) sort.append("_id", 1);
    find.set("sort", Value(std::move(sort)));
    const Answer found = oracle::play(plain, find);
    if (found == paged) return "";
    return "\nall pages and what is found differ:" + oracle::difference(found, paged);
}

}  // namespace

Pair::Pair(const MakeBackend& make, Tally& tally) : plain_(make()), indexed_(make()), tally_(tally) {}

std::int64_t Pair::documents() {
    CountOptions options;
    options.archived = Archived::include;
    return plain_.collection().count_documents({}, options);
}

Pair::Place Pair::stores() {
    return {.plain = plain_.collection(), .indexed = indexed_.collection()};
}

void Pair::tick() {
    plain_.tick();
    indexed_.tick();
}

const ModelIndex* Pair::numbered(const Value& number) const {
    if (model_.indexes().empty() || number.is_null()) return nullptr;
    const auto wanted = static_cast<std::size_t>(number.as_integer().value);
    return &model_.indexes()[wanted % model_.indexes().size()];
}

std::string Pair::play(const Object& generated) {
    const std::string op = oracle::text(generated, "op");
    try {
        if (op == "transaction") return play_transaction(generated);
        if (op == "rename") return rename();
        if (op == "drop") return drop();
        Place place = stores();
        return play_at(place, generated);
    } catch (const Error& error) {
        return std::string("\nan error where there should be none: ") + error.what();
    }
}

std::string Pair::play_at(Place& place, const Object& generated) {
    tick();
    const Object step = playable(generated);
    count(oracle::text(step, "op"));
    if (oracle::is_read(step)) return play_read(place, step);
    std::string faults;
    try {
        faults = play_change(place, step);
    } catch (const Error& error) {
        if (!is_too_late(place, error)) throw;
        count("index in a transaction too late");
        place.over = true;
    }
    return faults.empty() && !place.over ? check(place) : faults;
}

std::string Pair::play_change(Place& place, const Object& step) {
    const std::string op = oracle::text(step, "op");
    if (op == "create_index") return create_index(place, step);
    if (op == "ensure_index") return ensure_index(place, step);
    if (op == "drop_index") return drop_index(place, step);
    if (op == "drop_stale") return drop_stale(place, step);
    return play_write(place, step);
}

// By the planner's choice, and by each index that there is.
std::string Pair::play_read(Place& place, const Object& step) {
    const Answer expected = oracle::play(place.plain, step);
    std::string faults;
    if (expected.error.empty() && oracle::text(step, "op") == "pages") {
        faults = compare_with_find(step, expected, place.plain);
    }
    if (faults.empty()) faults = play_read_by("", place, step, expected);
    for (const char* const hint : {"$natural", "_id_"}) {
        if (faults.empty()) faults = play_read_by(hint, place, step, expected);
    }
    for (const ModelIndex& index : model_.indexes()) {
        if (faults.empty()) faults = play_read_by(index.name, place, step, expected);
    }
    return faults;
}

std::string Pair::play_read_by(const std::string& hint, Place& place, const Object& step, const Answer& expected) {
    Object hinted = step;
    if (!hint.empty()) hinted.set("hint", hint);
    const Answer got = oracle::play(place.indexed, hinted);
    const ModelIndex* index = model_.find(hint);
    const bool may_refuse = index != nullptr && !index->complete();
    if (may_refuse && got.error == "invalid_argument") {
        count("hint refused");
        return "";
    }
    if (index != nullptr) count("hint followed");
    std::string faults = compare_reads(step, expected, got, place.plain);
    if (faults.empty() && expected.error.empty() && oracle::flag(step, "explain")) {
        faults = play_explained(place, hinted, expected);
    }
    return faults.empty() ? ""
                          : "\nwithout indexes and with them" + (hint.empty() ? "" : ", by " + hint) + ":" + faults;
}

std::string Pair::play_explained(Place& place, const Object& step, const Answer& found) {
    ExplainOptions options;
    options.sort = oracle::document(step, "sort");
    options.skip = oracle::number(step, "skip");
    options.limit = oracle::number(step, "limit");
    options.archived = oracle::archived(step);
    options.hint = oracle::text(step, "hint");
    options.verify = Verify::yes;
    Explanation how;
    try {
        how = place.indexed.explain(oracle::document(step, "filter"), options);
    } catch (const Error& error) {
        if (error.code() != Code::invalid_sort) throw;
        return "";  // the scan that verifies looks at more documents, and one cannot be sorted
    }
    if (options.hint.empty()) count_plan(how);
    const auto results = static_cast<std::int64_t>(found.items.size() / 2);
    if (how.verified == true && how.returned == results) return "";
    return "\nexplain found " + std::to_string(how.returned) + " of " + std::to_string(results) +
           (how.verified == true ? "" : ", and does not verify: " + how.difference) + "\n" +
           how.to_document().to_json();
}

void Pair::count_plan(const Explanation& how) {
    count("explained");
    bool by_index = false;
    for (const AccessPath& path : how.paths) {
        if (path.kind == AccessPath::Kind::index && path.index != "_id_") by_index = true;
    }
    if (by_index) count("explained, by an index");
    if (by_index && how.paths.front().exact) count("explained, by an index alone");
    if (how.paths.size() > 1) count("explained, several ways");
    if (how.sort.starts_with("index")) count("explained, sorted by an index");
}

// The change is made on the side without indexes first, in a transaction, so that what the indexes have to say of it
// can be worked out by hand before it is kept.
std::string Pair::play_write(Place& place, const Object& generated) {
    Object step = generated;
    step.erase("hint");
    std::optional<Transaction> trial;
    if (!place.in_transaction) trial.emplace(plain_.database().begin());
    Collection plain = trial ? trial->collection("c") : place.plain;
    const IndexModel::Contents before = model_.contents(plain);
    const Answer expected = oracle::play(plain, step);
    Ruling ruling;
    if (expected.error.empty()) ruling = model_.judge(before, model_.contents(plain));
    bool stands = false;
    if (const ModelIndex* index = numbered(oracle::member(generated, "hint"))) {
        if (index->complete()) step.set("hint", index->name);
    }
    std::string faults = judge_write(place, step, expected, ruling, stands);
    if (place.in_transaction) {
        place.over = !stands;
    } else if (stands) {
        trial->commit();
    } else {
        trial->rollback();
    }
    if (!faults.empty() || place.over) return faults;
    const Answer left = oracle::contents(place.plain);
    const Answer right = oracle::contents(place.indexed);
    return left == right ? "" : "\nthe stores hold different things:" + oracle::difference(left, right);
}

// `stands`: the change has been made with indexes, and is to be kept without them.
std::string Pair::judge_write(Place& place, const Object& step, const Answer& expected, const Ruling& ruling,
                              bool& stands) {
    const Answer got = oracle::play(place.indexed, step);
    const bool refused = !got.error.empty();
    const bool failed = !expected.error.empty();
    stands = !failed && !refused;
    if (refused) count("refused");
    // Of several things that are wrong with a change, any may be told.
    const bool by_index = got.mongo == duplicate_key_number || got.mongo == parallel_arrays_number;
    const bool any_reason = works_on_many(oracle::text(step, "op")) || (by_index && !model_.indexes().empty());
    if (failed && refused && (got.mongo == expected.mongo || any_reason)) return "";
    if (!failed && refused && ruling.allows(got.mongo)) {
        count("refused by an index");
        return "";
    }
    if (!failed && ruling.refuses()) return "\nan index should have refused this; the answer is " + shown(got);
    if (got == expected) return "";
    return "\nwithout indexes and with them: " + oracle::difference(expected, got);
}

// Where writers work side by side, a transaction makes indexes before it does anything else, or not at all.
bool Pair::is_too_late(const Place& place, const Error& error) const {
    return place.in_transaction && error.code() == Code::unsupported && indexed_.capabilities().concurrent_writers;
}

std::string Pair::make_index(Place& place, ModelIndex index, const std::function<void()>& make) {
    const IndexContent content = content_of(index, place.plain);
    const Ruling ruling = judge(index, content, content);
    try {
        make();
    } catch (const Error& error) {
        if (is_too_late(place, error)) throw;
        count("index refused");
        place.over = place.in_transaction;
        if (ruling.allows(error.mongo_code())) return "";
        return std::string("\nthis index should be possible: ") + error.what();
    }
    if (ruling.refuses()) return "\nthe documents do not allow this index";
    model_.add(std::move(index));
    return "";
}

std::string Pair::create_index(Place& place, const Object& step) {
    ModelIndex index(oracle::member(step, "index").as_object());
    const auto make = [&] { return place.indexed.create_index(index.definition.keys, index.definition.options); };
    const ModelIndex* same_name = model_.find(index.name);
    const ModelIndex* same = model_.like(index);
    if (same_name == nullptr && same == nullptr) return make_index(place, index, make);
    count("index exists");
    const bool exists = same_name != nullptr && same_name->same_definition(index);
    try {
        const std::string name = make();
        if (exists && name == index.name) return "";
        return "\nthis is in conflict with another index, and is not refused";
    } catch (const Error& error) {
        if (is_too_late(place, error)) throw;
        place.over = place.in_transaction;
        if (!exists && error.code() == Code::conflict) return "";
        return std::string("\nno conflict with another index, but: ") + error.what();
    }
}

std::string Pair::ensure_index(Place& place, const Object& step) {
    ModelIndex index(oracle::member(step, "index").as_object());
    const ModelIndex* same_name = model_.find(index.name);
    const ModelIndex* same = model_.like(index);
    if (same_name != nullptr && same != nullptr && same != same_name) return "";  // as for create_index
    if (same != nullptr) {
        const IndexChange change = place.indexed.ensure_index(index.definition);
        return change == IndexChange::none ? "" : "\nensure_index has done something to an index that was as wanted";
    }
    const IndexChange wanted = same_name == nullptr ? IndexChange::created : IndexChange::rebuilt;
    if (wanted == IndexChange::rebuilt) model_.remove(index.name);
    IndexChange change = wanted;
    std::string faults = make_index(place, index, [&] { change = place.indexed.ensure_index(index.definition); });
    return change == wanted ? faults : faults + "\nensure_index tells of another change than there was";
}

std::string Pair::drop_index(Place& place, const Object& step) {
    const ModelIndex* index = numbered(oracle::member(step, "which"));
    const std::string name = index == nullptr ? "nothing" : index->name;
    const bool dropped = place.indexed.drop_index(name);
    if (dropped != (index != nullptr)) return "\ndrop_index does not say whether there was " + name;
    model_.remove(name);
    return "";
}

std::string Pair::drop_stale(Place& place, const Object& step) {
    std::set<std::string> kept;
    std::vector<IndexDefinition> wanted;
    const Value numbers = oracle::member(step, "keep");
    for (const Value& number : numbers.as_array()) {
        const ModelIndex* index = numbered(number);
        if (index != nullptr && kept.insert(index->name).second) wanted.push_back(index->definition);
    }
    std::vector<std::string> stale;
    for (const ModelIndex& index : model_.indexes()) {
        if (!kept.contains(index.name)) stale.push_back(index.name);
    }
    const StaleIndexes dry = place.indexed.drop_stale_indexes(wanted, DryRun::yes);
    if (place.indexed.list_indexes().size() != model_.indexes().size()) return "\na dry run has dropped an index";
    const StaleIndexes done = place.indexed.drop_stale_indexes(wanted);
    if (done.dropped != stale || dry.dropped != stale) return "\nother indexes are taken for stale than are";
    for (const std::string& name : stale) model_.remove(name);
    return "";
}

std::string Pair::play_transaction(const Object& step) {
    count("transaction");
    const IndexModel before = model_;
    Transaction plain = plain_.database().begin();
    Transaction indexed = indexed_.database().begin();
    Place place{.plain = plain.collection("c"), .indexed = indexed.collection("c"), .in_transaction = true};
    std::string faults;
    const Value steps = oracle::member(step, "steps");
    for (const Value& one : steps.as_array()) {
        if (faults.empty() && !place.over) faults = play_at(place, one.as_object());
    }
    if (!faults.empty()) return "\nwithin the transaction:" + faults;
    if (place.over || oracle::text(step, "end") == "rollback") {
        count("transaction rolled back");
        plain.rollback();
        indexed.rollback();
        model_ = before;
    } else {
        plain.commit();
        indexed.commit();
    }
    const Answer left = plain_.contents();
    const Answer right = indexed_.contents();
    if (left != right) return "\nafter the transaction the stores differ:" + oracle::difference(left, right);
    return check(stores());
}

std::string Pair::rename() {
    count("rename");
    for (oracle::Side* side : {&plain_, &indexed_}) {
        side->tick();
        side->database().create_collection("c");
        side->database().rename("c", "d");
    }
    const std::string faults =
        check({.plain = plain_.database().collection("d"), .indexed = indexed_.database().collection("d")});
    for (oracle::Side* side : {&plain_, &indexed_}) side->database().rename("d", "c");
    return faults.empty() ? check(stores()) : "\nunder the new name:" + faults;
}

std::string Pair::drop() {
    count("drop");
    for (oracle::Side* side : {&plain_, &indexed_}) {
        side->tick();
        side->database().drop_collection("c");
    }
    model_.clear();
    return check(stores());
}

// The indexes are those of the model, and hold what the documents call for.
std::string Pair::check(const Place& place) {
    const std::vector<IndexInfo> listed = place.indexed.list_indexes();
    std::string faults;
    for (std::size_t i = 0; i < std::max(listed.size(), model_.indexes().size()); ++i) {
        if (i >= listed.size()) {
            faults += "\nan index is missing: " + model_.indexes()[i].name;
        } else if (i >= model_.indexes().size() || listed[i].name != model_.indexes()[i].name) {
            return faults + "\nan index that should not be there: " + listed[i].name;
        } else {
            faults += check_index(place, model_.indexes()[i], listed[i]);
        }
    }
    return faults;
}

std::string Pair::check_index(const Place& place, const ModelIndex& wanted, const IndexInfo& info) {
    const std::string name = "\nindex " + wanted.name + ": ";
    if (!ModelIndex(wanted).definition.same_as(info.definition)) return name + "is recorded as another one";
    if (info.state != IndexState::ready) return name + "is not ready";
    const IndexCheck found = place.indexed.verify_index(wanted.name);
    if (!found.good()) {
        return name + std::to_string(found.missing) + " missing, " + std::to_string(found.orphaned) + " orphaned";
    }
    if (!wanted.counted) return "";
    std::size_t entries = 0;
    bool multikey = false;
    for (const auto& [id, keys] : content_of(wanted, place.plain)) {
        entries += keys.keys.size();
        multikey = multikey || keys.multikey;
    }
    if (multikey && !info.multikey) return name + "is multikey, but not marked so";
    if (found.entries == static_cast<std::int64_t>(entries)) return "";
    return name + "has " + std::to_string(found.entries) + " entries instead of " + std::to_string(entries);
}

}  // namespace sheaf::indexes
