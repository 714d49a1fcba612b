#include "system_fields.hpp"

namespace sheaf::cli {

namespace {

// Whether a projection's value keeps its field; nested ones, {"a": {"b": 1}}, say so in their first leaf.
bool includes(View value) {
    switch (value.type()) {
        case Type::boolean:
            return value.boolean();
        case Type::integer:
        case Type::number:
            return value.number() != 0.0;
        case Type::object:
            for (const MemberView member : value.members()) return includes(member.value);
            return true;
        default:
            return true;
    }
}

}  // namespace

SystemFields SystemFields::of_projection(const Document& projection) {
    bool including = false;
    for (const MemberView member : projection.view().members()) {
        including = includes(member.value);
        if (member.key != "_id") break;  // _id alone may be excluded from an inclusion
    }
    if (projection.empty()) return SystemFields(Mode::all, {});
    return SystemFields(including ? Mode::named : Mode::all_but_named, projection);
}

bool SystemFields::shows(std::string_view name) const {
    switch (mode_) {
        case Mode::none:
            return false;
        case Mode::all:
            return true;
        case Mode::named:
            return projection_[name] && includes(projection_[name]);
        case Mode::all_but_named:
            return !projection_[name];
    }
    return false;
}

Document SystemFields::apply(const Record& record) const {
    if (mode_ == Mode::none) return record.document;
    if (mode_ == Mode::all) return record.with_system_fields();
    Object object = record.document.to_object();
    if (shows("_version")) object.set("_version", record.version.value);
    if (shows("_created")) object.set("_created", record.created);
    if (shows("_updated")) object.set("_updated", record.updated);
    if (record.archived && shows("_archived")) object.set("_archived", true);
    return Document(object);
}

}  // namespace sheaf::cli
