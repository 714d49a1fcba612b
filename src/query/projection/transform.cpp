#include "query/projection/transform.hpp"

#include <sheaf/error.hpp>

namespace sheaf::query {

TransformPtr parse_project(View, const Settings&) {
    throw Error(Code::unsupported, "$project");
}
TransformPtr parse_add_fields(View, const Settings&) {
    throw Error(Code::unsupported, "$addFields");
}
TransformPtr parse_unset_fields(View, const Settings&) {
    throw Error(Code::unsupported, "$unset");
}
TransformPtr parse_replace_root(View, const Settings&) {
    throw Error(Code::unsupported, "$replaceRoot");
}
void check_computed(View, const Limits&) {}

}  // namespace sheaf::query
