#include "query/update/array_filters.hpp"

#include <algorithm>

#include "document/encoder.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

[[noreturn]] void refuse(int mongo, std::string_view message) {
    fail(Code::invalid_update, mongo, "an array filter: " + std::string(message), {});
}

// Adds the first parts of the paths that a filter names.
void collect_names(View filter, std::vector<std::string_view>& names) {
    for (const auto& [key, value] : filter.members()) {
        if (key == "$and" || key == "$or" || key == "$nor") {
            if (!value.is_array()) continue;  // which Filter refuses
            for (const View branch : value.elements()) {
                if (branch.is_object()) collect_names(branch, names);
            }
        } else if (is_operator(key)) {
            if (key != "$comment")
                refuse(key == "$expr" ? 224 : 2, "the operator " + std::string(key) + " has no place in it");
        } else {
            names.push_back(key.substr(0, key.find('.')));
        }
    }
}

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_name(std::string_view text) {
    return !text.empty() && is_lower(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
        return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
}

std::string name_of(View filter) {
    std::vector<std::string_view> names;
    collect_names(filter, names);
    if (names.empty()) refuse(9, "it names no element");
    const auto other = std::find_if(names.begin(), names.end(), [&](auto name) { return name != names.front(); });
    if (other != names.end()) {
        refuse(9, "it names one element, not both \"" + std::string(names.front()) + "\" and \"" + std::string(*other) +
                      "\"");
    }
    if (!is_name(names.front())) {
        refuse(2, "a name is a small letter, then letters and digits, which \"" + std::string(names.front()) +
                      "\" is not");
    }
    return std::string(names.front());
}

}  // namespace

ArrayFilter ArrayFilter::parse(const Document& filter, const Settings& settings) {
    std::string name = name_of(filter.view());
    try {
        return {std::move(name), Filter::parse(filter, settings)};
    } catch (const Error& error) {
        throw error.with_context("an array filter: ");
    }
}

// The filter is asked of {name: element}.
bool ArrayFilter::matches(const Value& element, std::size_t& encoded_bytes) const {
    Bytes bytes;
    Encoder encoder(bytes);
    encoder.begin_object(1);
    encoder.key(name_);
    encoder.value(element);
    encoded_bytes += bytes.size();
    return filter_.matches({View(bytes), {}});
}

ArrayFilters::ArrayFilters(std::span<const Document> filters, const Settings& settings) {
    filters_.reserve(filters.size());  // they stay where they are
    for (const Document& document : filters) {
        ArrayFilter filter = ArrayFilter::parse(document, settings);
        const bool twice = std::any_of(filters_.begin(), filters_.end(),
                                       [&](const ArrayFilter& known) { return known.name() == filter.name(); });
        if (twice) refuse(9, "there are two for the name \"" + filter.name() + "\"");
        filters_.push_back(std::move(filter));
    }
}

const ArrayFilter* ArrayFilters::use(std::string_view name) {
    for (ArrayFilter& filter : filters_) {
        if (filter.name() != name) continue;
        filter.used_ = true;
        return &filter;
    }
    return nullptr;
}

void ArrayFilters::check_all_used() const {
    for (const ArrayFilter& filter : filters_) {
        if (!filter.used_) refuse(9, "no path of the update uses the name \"" + filter.name() + "\"");
    }
}

}  // namespace sheaf::query
