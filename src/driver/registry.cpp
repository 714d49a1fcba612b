#include <sheaf/driver/registry.hpp>
#include <sheaf/error.hpp>

#include <algorithm>
#include <utility>

namespace sheaf::driver {

namespace {

bool is_scheme(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+'; };
    return text.size() >= 2 && std::all_of(text.begin(), text.end(), letter);
}

void parse_parameters(std::string_view text, StoreUrl& url) {
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        const std::size_t equals = one.find('=');
        if (equals == 0 || equals == std::string_view::npos) {
            throw Error(Code::invalid_url, "a parameter is name=value, not \"" + std::string(one) + "\"");
        }
        const std::string name(one.substr(0, equals));
        if (!url.parameters.emplace(name, one.substr(equals + 1)).second) {
            throw Error(Code::invalid_url, "parameter \"" + name + "\" stands twice");
        }
    }
}

}  // namespace

StoreUrl StoreUrl::parse(std::string_view text) {
    StoreUrl url;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) {
        url.scheme = "sqlite";
        url.path = text;
    } else {
        url.scheme = text.substr(0, colon);
        const std::string_view rest = text.substr(colon + 1);
        const std::size_t question = rest.find('?');
        url.path = rest.substr(0, question);
        if (question != std::string_view::npos) parse_parameters(rest.substr(question + 1), url);
    }
    if (text.empty()) throw Error(Code::invalid_url, "the store's name is empty; give a file or a URL such as memory:");
    if (url.path.find('\0') != std::string::npos) throw Error(Code::invalid_url, "the store's name holds a NUL byte");
    return url;
}

std::string StoreUrl::take(std::string_view name, std::string_view fallback) {
    const auto found = parameters.find(name);
    if (found == parameters.end()) return std::string(fallback);
    std::string value = std::move(found->second);
    parameters.erase(found);
    return value;
}

void StoreUrl::require_all_taken() const {
    if (parameters.empty()) return;
    throw Error(Code::invalid_url, scheme + ": has no parameter \"" + parameters.begin()->first + "\"");
}

void Registry::add(std::string scheme, Factory factory) {
    factories_[std::move(scheme)] = std::move(factory);
}

bool Registry::has(std::string_view scheme) const {
    return factories_.find(scheme) != factories_.end();
}

std::unique_ptr<Backend> Registry::open(std::string_view text) const {
    StoreUrl url = StoreUrl::parse(text);
    const auto found = factories_.find(url.scheme);
    if (found == factories_.end()) {
        std::string known;
        for (const auto& [scheme, factory] : factories_) known.append(known.empty() ? "" : ", ").append(scheme + ":");
        throw Error(Code::invalid_url, "no backend for \"" + url.scheme + ":\"; there are " + known);
    }
    return found->second(std::move(url));
}

std::string_view name(Durability durability) {
    switch (durability) {
        case Durability::durable:
            return "durable";
        case Durability::process:
            return "process";
        case Durability::memory:
            return "memory";
    }
    return "unknown";
}

}  // namespace sheaf::driver
