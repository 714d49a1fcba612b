#include "indexes/naive_keys.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "document/encoder.hpp"

namespace sheaf::indexes {

namespace {

// Where the way to one field's value has come to.
struct Way {
    std::string_view rest{};  // of the path; from the object that the search is at
    std::optional<Bytes> value{};
    bool missing = false;
    const Array* array = nullptr;  // the next step would go into it

    void end(const Value* found) {
        value = found == nullptr ? encode(Value()) : encode(*found);
        missing = found == nullptr;
    }
};

// Follows the path to its value, or to the first array on the way.
void follow(Way& way, const Object& from) {
    const Object* at = &from;
    for (;;) {
        const std::size_t dot = way.rest.find('.');
        const Value* found = at->find(way.rest.substr(0, dot));
        way.rest = dot == std::string_view::npos ? std::string_view() : way.rest.substr(dot + 1);
        if (found != nullptr && found->is_array()) {
            way.array = &found->as_array();
            return;
        }
        if (found == nullptr || way.rest.empty()) return way.end(found);
        if (!found->is_object()) return way.end(nullptr);
        at = &found->as_object();
    }
}

class Search {
public:
    explicit Search(bool sparse) : sparse_(sparse) {}

    void look(std::vector<Way> ways, const Object& at) {
        const Array* array = nullptr;
        for (Way& way : ways) {
            if (!way.value) follow(way, at);
            if (way.array == nullptr) continue;
            if (array != nullptr && array != way.array) found.parallel = true;
            array = way.array;
        }
        if (found.parallel) return;
        if (array == nullptr) return take(ways);
        found.multikey = true;
        if (array->empty()) into(ways, nullptr);
        for (const Value& element : *array) into(ways, &element);
    }

    NaiveKeys found{};

private:
    // The element, or nothing of an empty array.
    void into(std::vector<Way> ways, const Value* element) {
        static const Object nothing;
        for (Way& way : ways) {
            if (std::exchange(way.array, nullptr) == nullptr) continue;
            if (way.rest.empty()) {
                way.value = element == nullptr ? Bytes() : encode(*element);
            } else if (element == nullptr || !element->is_object()) {
                way.end(nullptr);
            }
        }
        look(std::move(ways), element != nullptr && element->is_object() ? element->as_object() : nothing);
    }

    void take(const std::vector<Way>& ways) {
        if (sparse_ && std::all_of(ways.begin(), ways.end(), [](const Way& way) { return way.missing; })) return;
        NaiveKey key;
        for (const Way& way : ways) {
            if (way.value->empty() || *way.value == encode(Value())) found.has_null = true;
            key.push_back(*way.value);
        }
        found.keys.insert(std::move(key));
    }

    bool sparse_;
};

}  // namespace

bool NaiveLess::operator()(const NaiveKey& a, const NaiveKey& b) const {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].empty() || b[i].empty()) {
            if (a[i].empty() != b[i].empty()) return a[i].empty();
            continue;
        }
        const auto order = compare(View(a[i]), View(b[i]));
        if (order != 0) return order < 0;
    }
    return false;
}

NaiveKeys naive_keys(const Object& document, const std::vector<std::string>& paths, bool sparse) {
    std::vector<Way> ways;
    for (const std::string& path : paths) ways.push_back({.rest = path});
    Search search(sparse);
    search.look(std::move(ways), document);
    return std::move(search.found);
}

bool has_position(const std::string& path) {
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('.', begin), path.size());
        const std::string_view part = std::string_view(path).substr(begin, end - begin);
        if (part.find_first_not_of("0123456789") == std::string_view::npos) return true;
        begin = end + 1;
    }
    return false;
}

}  // namespace sheaf::indexes
