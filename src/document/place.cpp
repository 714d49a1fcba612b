#include "document/place.hpp"

#include <vector>

namespace sheaf {

std::string Place::path() const {
    std::vector<const Place*> chain;
    for (const Place* place = this; place->parent != nullptr; place = place->parent) chain.push_back(place);
    std::string text;
    for (auto place = chain.rbegin(); place != chain.rend(); ++place) {
        if (!text.empty()) text += '.';
        text += (*place)->in_array ? std::to_string((*place)->index) : std::string((*place)->key);
    }
    return text;
}

void Place::refuse(Code code, std::string_view what) const {
    std::string where = path();
    std::string message(what);
    if (!where.empty()) message += " at " + where;
    throw Error(code, message, {.path = std::move(where)});
}

}  // namespace sheaf
