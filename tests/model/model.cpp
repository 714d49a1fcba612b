#include "model/model.hpp"

#include <algorithm>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf::model {

namespace {

using Kind = Operation::Kind;
using Expected = ExpectedVersion::Kind;

bool same_value(const Value& a, const Value& b) {
    return to_json(a) == to_json(b);  // the generator makes no two forms of one number
}

bool matches(const ModelDocument& document, const Selector& selector) {
    const Value* group = document.body.find("g");
    return (!selector.id || same_value(*document.body.find("_id"), *selector.id)) &&
           (!selector.group || (group != nullptr && same_value(*group, Value(*selector.group))));
}

bool holds(const ModelCollection& collection, const Value& id) {
    const Selector same_id{.id = id, .group = {}};
    return std::any_of(collection.begin(), collection.end(), [&](const auto& one) { return matches(one, same_id); });
}

// Changes the body as the operator says; "" or the error's code.
std::string apply(Object& body, const Change& change) {
    Value* old = body.find(change.field);
    if (change.op == "$set") {
        body.set(change.field, change.operand);
    } else if (change.op == "$unset") {
        body.erase(change.field);
    } else if (change.op == "$inc") {
        if (old != nullptr && old->type() != Type::integer) return "type_mismatch";
        const std::int64_t before = old == nullptr ? 0 : old->as_integer().value;
        body.set(change.field, before + change.operand.as_integer().value);
    } else if (change.op == "$push") {
        if (old == nullptr) old = &body.set(change.field, Value(Array()));
        old->as_array().push_back(change.operand);
    } else if (change.op == "$pull" && old != nullptr) {
        std::erase_if(old->as_array(), [&](const Value& one) { return same_value(one, change.operand); });
    }
    return "";
}

Object replaced(const Object& old, const Object& replacement) {
    Object made({{"_id", *old.find("_id")}});
    for (const auto& [key, value] : replacement) made.set(key, value);
    return made;
}

bool is_many(Kind kind) {
    return kind == Kind::update_many || kind == Kind::delete_many || kind == Kind::restore || kind == Kind::purge;
}

// What the expectation makes of the selected documents: which of them are meant, or an error.
std::string check_expected(const Operation& operation, std::vector<ModelDocument*>& selected) {
    const ExpectedVersion expected = operation.expected;
    if (selected.empty()) return expected.kind() == Expected::exists ? "version_mismatch" : "";
    if (expected.kind() == Expected::absent) return "version_mismatch";
    if (expected.kind() != Expected::exactly) return "";
    std::erase_if(selected, [&](const ModelDocument* one) { return one->version != expected.version().value; });
    return selected.empty() ? "version_mismatch" : "";
}

std::string counted(const char* what, std::size_t count) {
    return std::string(what) + " " + std::to_string(count);
}

std::string updated(std::size_t matched, std::size_t modified) {
    return counted("matched", matched) + counted(" modified", modified);
}

}  // namespace

std::string show(const Object& body, std::int64_t version, bool archived) {
    return to_json(Value(body)) + " v" + std::to_string(version) + (archived ? " archived" : "");
}

std::string Model::play(const Operation& operation) {
    Model before = *this;
    const std::string text = answer(operation);
    if (text.starts_with("error")) *this = std::move(before);
    return text;
}

std::string Model::answer(const Operation& operation) {
    switch (operation.kind) {
        case Kind::insert_many:
            return insert_all(operation);
        case Kind::update_one:
        case Kind::update_many:
        case Kind::replace_one:
            return change_some(operation);
        case Kind::delete_one:
        case Kind::delete_many:
        case Kind::restore:
        case Kind::purge:
            return remove_some(operation);
        case Kind::find:
        case Kind::count:
            return find_some(operation);
        default:
            return change_tables(operation);
    }
}

void Model::insert(const std::string& collection, Object body) {
    collections_[collection].push_back({std::move(body), 1, false});
}

std::string Model::insert_all(const Operation& operation) {
    const Expected expected = operation.expected.kind();
    if (expected == Expected::exactly && !operation.documents.empty()) return "error version_mismatch";
    const ModelCollection before =
        collections_.contains(operation.collection) ? collections_[operation.collection] : ModelCollection();
    for (const Object& document : operation.documents) {
        const Value& id = *document.find("_id");
        const bool was_there = holds(before, id);
        if (expected == Expected::exists) return was_there ? "error duplicate_key" : "error version_mismatch";
        if (was_there) return expected == Expected::absent ? "error version_mismatch" : "error duplicate_key";
        if (holds(collections_[operation.collection], id)) return "error duplicate_key";  // twice in this call
        insert(operation.collection, document);
    }
    return counted("inserted", operation.documents.size());
}

std::vector<ModelDocument*> Model::selected(const Operation& operation, bool archived) {
    std::vector<ModelDocument*> found;
    const auto collection = collections_.find(operation.collection);
    if (collection == collections_.end()) return found;
    for (ModelDocument& one : collection->second) {
        if (one.archived == archived && matches(one, operation.selector)) found.push_back(&one);
        if (!found.empty() && !is_many(operation.kind)) break;
    }
    return found;
}

std::string Model::change_some(const Operation& operation) {
    std::vector<ModelDocument*> found = selected(operation, false);
    if (found.empty() && operation.upsert) return upsert(operation);
    if (const std::string error = check_expected(operation, found); !error.empty()) return "error " + error;
    std::size_t modified = 0;
    for (ModelDocument* one : found) {
        Object body = one->body;
        if (operation.kind == Kind::replace_one) {
            body = replaced(body, operation.documents.front());
        } else if (const std::string error = apply(body, operation.change); !error.empty()) {
            return "error " + error;
        }
        if (to_json(Value(body)) == to_json(Value(one->body))) continue;
        one->body = std::move(body);
        ++one->version;
        ++modified;
    }
    return updated(found.size(), modified);
}

std::string Model::upsert(const Operation& operation) {
    const Expected expected = operation.expected.kind();
    if (expected == Expected::exactly || expected == Expected::exists) return "error version_mismatch";
    const Value id = *operation.selector.id;
    if (holds(collections_[operation.collection], id)) return "error duplicate_key";  // archived, or of another group
    Object body({{"_id", id}});
    if (operation.kind == Kind::replace_one) {
        body = replaced(body, operation.documents.front());
    } else {
        if (operation.selector.group) body.set("g", *operation.selector.group);
        apply(body, operation.change);
    }
    insert(operation.collection, std::move(body));
    return updated(0, 0) + " upserted " + to_json(id);
}

std::string Model::remove_some(const Operation& operation) {
    const bool on_archived = operation.kind == Kind::restore || operation.kind == Kind::purge;
    std::vector<ModelDocument*> found = selected(operation, on_archived);
    if (const std::string error = check_expected(operation, found); !error.empty()) return "error " + error;
    const bool keeps = operation.kind == Kind::restore || (!on_archived && operation.soft);
    for (ModelDocument* one : found) {
        one->archived = !on_archived;
        one->version = keeps ? one->version + 1 : 0;  // 0: to be removed
    }
    if (!found.empty())
        std::erase_if(collections_[operation.collection], [](const auto& one) { return one.version == 0; });
    return counted("changed", found.size());
}

std::string Model::find_some(const Operation& operation) {
    std::string shown;
    std::size_t count = 0;
    const auto collection = collections_.find(operation.collection);
    if (collection != collections_.end()) {
        for (const ModelDocument& one : collection->second) {
            if ((one.archived && !operation.include_archived) || !matches(one, operation.selector)) continue;
            ++count;
            shown += "\n    " + show(one.body, one.version, one.archived);
        }
    }
    return operation.kind == Kind::count ? counted("counted", count) : "found" + shown;
}

std::string Model::change_tables(const Operation& operation) {
    const bool exists = collections_.contains(operation.collection);
    if (operation.kind == Kind::create) {
        collections_[operation.collection];
        return "created";
    }
    if (operation.kind == Kind::drop) {
        collections_.erase(operation.collection);
        return counted("dropped", exists ? 1 : 0);
    }
    if (!exists) return "error not_found";
    if (collections_.contains(operation.new_name)) return "error already_exists";
    auto node = collections_.extract(operation.collection);
    node.key() = operation.new_name;
    collections_.insert(std::move(node));
    return "renamed";
}

}  // namespace sheaf::model
