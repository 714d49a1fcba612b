#include "storage/postgres/conninfo.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

#include <sheaf/error.hpp>

namespace sheaf::postgres {

namespace {

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> parts(1);
    for (const char c : list) {
        if (c == ',') {
            parts.emplace_back();
        } else {
            parts.back().push_back(c);
        }
    }
    return parts;
}

void set(Conninfo& conninfo, const std::string& keyword, const std::string& value) {
    if (value.empty()) {
        conninfo.erase(keyword);
    } else {
        conninfo[keyword] = value;
    }
}

// None where the lists do not fit each other, so that libpq says it.
std::vector<Conninfo> per_host(const Conninfo& conninfo) {
    const std::vector<std::string> hosts = split(value_of(conninfo, "host"));
    const std::vector<std::string> addresses = split(value_of(conninfo, "hostaddr"));
    const std::vector<std::string> ports = split(value_of(conninfo, "port"));
    const std::size_t count = std::max(hosts.size(), addresses.size());
    const auto fits = [&](const std::vector<std::string>& list, std::string_view keyword) {
        return list.size() == count || value_of(conninfo, keyword).empty();
    };
    const bool all_fit =
        fits(hosts, "host") && fits(addresses, "hostaddr") && (ports.size() == 1 || fits(ports, "port"));
    if (count == 1 || !all_fit) return {conninfo};

    const auto at = [](const std::vector<std::string>& list, std::size_t place) {
        return list.size() == 1 ? list.front() : list[place];
    };
    std::vector<Conninfo> found(count, conninfo);
    for (std::size_t place = 0; place < count; ++place) {
        set(found[place], "host", at(hosts, place));
        set(found[place], "hostaddr", at(addresses, place));
        set(found[place], "port", at(ports, place));
    }
    return found;
}

}  // namespace

Conninfo parse_conninfo(const std::string& text) {
    char* error = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(text.c_str(), &error),
                                                                               PQconninfoFree);
    if (!options) {
        if (error == nullptr) throw std::bad_alloc();
        std::string words(error);
        PQfreemem(error);
        while (!words.empty() && words.back() == '\n') words.pop_back();
        throw Error(Code::invalid_url, words);
    }
    Conninfo conninfo;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr && *option->val != '\0') conninfo.emplace(option->keyword, option->val);
    }
    return conninfo;
}

std::string text_of(const Conninfo& conninfo) {
    std::string text;
    for (const auto& [keyword, value] : conninfo) {
        text.append(text.empty() ? "" : " ").append(keyword).append("='");
        for (const char c : value) {
            if (c == '\'' || c == '\\') text.push_back('\\');
            text.push_back(c);
        }
        text.push_back('\'');
    }
    return text;
}

std::string_view value_of(const Conninfo& conninfo, std::string_view keyword) {
    const auto found = conninfo.find(keyword);
    return found == conninfo.end() ? std::string_view() : found->second;
}

std::vector<Conninfo> attempts(const Conninfo& conninfo) {
    std::vector<Conninfo> found = per_host(conninfo);
    if (value_of(conninfo, "target_session_attrs") != "prefer-standby") return found;
    const std::size_t count = found.size();
    for (std::size_t place = 0; place < count; ++place) {
        found.push_back(found[place]);
        found[place]["target_session_attrs"] = "standby";
        found.back()["target_session_attrs"] = "any";
    }
    return found;
}

}  // namespace sheaf::postgres
