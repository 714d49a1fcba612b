#include "model/operation.hpp"

#include <sheaf/json.hpp>

namespace sheaf::model {

namespace {

const char* name(Operation::Kind kind) {
    using Kind = Operation::Kind;
    switch (kind) {
        case Kind::insert_many:
            return "insert_many";
        case Kind::update_one:
            return "update_one";
        case Kind::update_many:
            return "update_many";
        case Kind::replace_one:
            return "replace_one";
        case Kind::delete_one:
            return "delete_one";
        case Kind::delete_many:
            return "delete_many";
        case Kind::restore:
            return "restore";
        case Kind::purge:
            return "purge";
        case Kind::find:
            return "find";
        case Kind::count:
            return "count";
        case Kind::create:
            return "create";
        case Kind::drop:
            return "drop";
        case Kind::rename:
            return "rename";
    }
    return "?";
}

}  // namespace

Object Selector::object() const {
    Object made;
    if (id) made.append("_id", *id);
    if (group) made.append("g", *group);
    return made;
}

Object Change::object() const {
    return {{op, Value::object({{field, operand}})}};
}

std::string Operation::text() const {
    std::string made = std::string(name(kind)) + " " + collection + (new_name.empty() ? "" : " to " + new_name);
    const bool selects =
        kind != Kind::insert_many && kind != Kind::create && kind != Kind::drop && kind != Kind::rename;
    if (selects) made += " " + to_json(Value(selector.object()));
    if (!change.op.empty()) made += " " + to_json(Value(change.object()));
    for (const Object& document : documents) made += " " + to_json(Value(document));
    if (expected.kind() != ExpectedVersion::Kind::any) made += " expecting " + expected.text();
    return made + (upsert ? " upsert" : "") + (soft ? " soft" : "") + (include_archived ? " with archived" : "");
}

Value Generator::id() {
    const auto number = static_cast<std::int64_t>(below(16));
    if (chance(60)) return number;
    if (chance(70)) return "id " + std::to_string(number);
    return chance(50) ? Value(static_cast<double>(number) + 0.5) : Value(DateTime{number});
}

Object Generator::document(bool with_id) {
    Object made;
    if (with_id) made.append("_id", id());
    if (chance(80)) made.append("g", below(4));
    if (chance(70)) made.append("n", chance(92) ? Value(below(10)) : Value("not a number"));
    if (chance(40)) made.append("tags", Value::array({below(4), below(4)}));
    if (chance(30)) made.append("s", std::string(below(chance(5) ? 5'000 : 12), 's'));
    return made;
}

Selector Generator::selector() {
    Selector made;
    const std::size_t kind = below(10);
    if (kind < 6) made.id = id();
    if (kind >= 5 && kind < 9) made.group = static_cast<std::int64_t>(below(4));
    return made;
}

Change Generator::change() {
    switch (below(6)) {
        case 0:
            return {"$set", "g", below(4)};
        case 1:
            return {"$set", "s", std::string(below(6), 'x')};
        case 2:
            return {"$inc", "n", below(3)};
        case 3:
            return {"$unset", chance(50) ? "s" : "tags", ""};
        case 4:
            return {"$push", "tags", below(4)};
        default:
            return {"$pull", "tags", below(4)};
    }
}

ExpectedVersion Generator::expected() {
    const std::size_t kind = below(20);
    if (kind == 0) return ExpectedVersion::exists();
    if (kind == 1) return ExpectedVersion::absent();
    if (kind < 6) return ExpectedVersion::exactly(static_cast<std::int64_t>(1 + below(4)));
    return ExpectedVersion::any();
}

Operation Generator::next() {
    using Kind = Operation::Kind;
    constexpr Kind weighted[] = {
        Kind::insert_many, Kind::insert_many, Kind::insert_many, Kind::insert_many, Kind::update_one,  Kind::update_one,
        Kind::update_one,  Kind::update_many, Kind::update_many, Kind::replace_one, Kind::replace_one, Kind::delete_one,
        Kind::delete_one,  Kind::delete_many, Kind::restore,     Kind::purge,       Kind::find,        Kind::count};
    Operation made;
    made.kind = weighted[below(std::size(weighted))];
    if (chance(2)) made.kind = chance(40) ? Kind::rename : chance(50) ? Kind::create : Kind::drop;
    made.collection = chance(60) ? "one" : "two";
    if (made.kind == Kind::rename) made.new_name = made.collection == "one" ? "two" : "three";
    made.selector = selector();
    made.expected = expected();
    made.soft = chance(50);
    made.include_archived = chance(50);
    if (made.kind == Kind::insert_many) {
        for (std::size_t left = chance(70) ? 1 : below(5); left > 0; --left) made.documents.push_back(document(true));
    }
    if (made.kind == Kind::replace_one) made.documents.push_back(document(false));
    if (made.kind == Kind::update_one || made.kind == Kind::update_many) made.change = change();
    const bool may_upsert =
        made.kind == Kind::update_one || made.kind == Kind::update_many || made.kind == Kind::replace_one;
    made.upsert = may_upsert && made.selector.id && chance(30);  // without _id a new one would be made
    return made;
}

}  // namespace sheaf::model
