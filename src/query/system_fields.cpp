#include "query/system_fields.hpp"

#include "document/encoder.hpp"

namespace sheaf::query {

SystemField system_field(std::string_view first_path_part) {
    if (!first_path_part.starts_with('_')) return SystemField::none;
    if (first_path_part == "_version") return SystemField::version;
    if (first_path_part == "_created") return SystemField::created;
    if (first_path_part == "_updated") return SystemField::updated;
    if (first_path_part == "_archived") return SystemField::archived;
    return SystemField::none;
}

Bytes encode_system_field(const SystemFields& fields, SystemField field) {
    Bytes bytes;
    Encoder encoder(bytes);
    switch (field) {
        case SystemField::none:
            break;
        case SystemField::version:
            encoder.integer(fields.version.value);
            break;
        case SystemField::created:
            encoder.datetime(fields.created);
            break;
        case SystemField::updated:
            encoder.datetime(fields.updated);
            break;
        case SystemField::archived:
            encoder.boolean(fields.archived);
            break;
    }
    return bytes;
}

}  // namespace sheaf::query
