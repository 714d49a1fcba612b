#include "storage/postgres/options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <sheaf/error.hpp>

#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/names.hpp"

namespace sheaf::postgres {

namespace {

[[noreturn]] void refuse(const std::string& words) {
    throw Error(Code::invalid_url, "postgres: " + words);
}

std::int64_t take_number(driver::StoreUrl& url, std::string_view name, std::string_view fallback, std::int64_t least,
                         std::int64_t most) {
    const std::string text = url.take(name, fallback);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
        refuse(std::string(name) + " is a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
               ", not \"" + text + "\"");
    }
    return number;
}

// True: the first of the two.
bool take_choice(driver::StoreUrl& url, const std::string& name, const std::string& one, const std::string& other,
                 const std::string& fallback) {
    const std::string text = url.take(name, fallback);
    if (text != one && text != other) refuse(name + " is " + one + " or " + other + ", not \"" + text + "\"");
    return text == one;
}

void check_bytes(std::string_view text) {
    const auto printable = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; };
    if (!std::all_of(text.begin(), text.end(), printable)) {
        refuse("the URL holds a space or a control character; write it as %20, %0A...");
    }
}

bool is_secret(std::string_view parameter) {
    return parameter.find("password") != std::string_view::npos || parameter.find("secret") != std::string_view::npos;
}

// The user's URL apart: "//user" ":password" "@hosts/database".
struct Parts {
    std::string_view before{};
    std::string_view password{};
    std::string_view after{};
};

Parts parts_of(std::string_view path) {
    const std::size_t at = path.rfind('@');
    if (at == std::string_view::npos) return {.before = path};
    // libpq would take the text up to the first for the user and show the rest in its messages.
    if (path.find('@') != at || path.substr(2, at).find('/') < at - 2) {
        refuse("a @ or a / in a user's name, a password or a database's name is written as %40 or %2F");
    }
    const std::size_t colon = path.find(':');
    if (colon >= at) return {.before = path};
    return {
        .before = path.substr(0, colon), .password = path.substr(colon + 1, at - colon - 1), .after = path.substr(at)};
}

std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned byte = 0;
        const char* digits = text.data() + at + 1;
        const bool escape =
            text[at] == '%' && text.size() - at > 2 && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
        plain.push_back(escape ? static_cast<char>(byte) : text[at]);
        if (escape) at += 2;
    }
    return plain;
}

class Url {
public:
    explicit Url(const driver::StoreUrl& url) : parts_(parts_of(url.path)) {
        hide(parts_.password);
        std::string shown_parameters;
        std::string parameters;
        for (const auto& [name, value] : url.parameters) {
            check_bytes(name);
            check_bytes(value);
            const std::string one = name + "=" + value;
            parameters.append(parameters.empty() ? "?" : "&").append(one);
            if (is_secret(name)) {
                hide(value);
            } else {
                shown_parameters.append(shown_parameters.empty() ? "?" : "&").append(one);
            }
        }
        text_ = "postgresql:" + url.path + parameters;
        shown_ = "postgres:" + std::string(parts_.before) + std::string(parts_.after) + shown_parameters;
    }

    const std::string& shown() const { return shown_; }

    Conninfo parse() const {
        try {
            return parse_conninfo(text_);
        } catch (const Error& error) {
            std::string words(error.message());
            for (const std::string& secret : secrets_) {
                for (std::size_t at = words.find(secret); at != std::string::npos; at = words.find(secret, at + 3)) {
                    words.replace(at, secret.size(), "***");
                }
            }
            refuse(words);
        }
    }

private:
    void hide(std::string_view secret) {
        if (secret.empty()) return;
        secrets_.emplace_back(secret);
        secrets_.push_back(decoded(secret));
    }

    Parts parts_;
    std::string text_{};
    std::string shown_{};
    std::vector<std::string> secrets_{};
};

void check_connect_timeout(const Conninfo& conninfo) {
    const std::string_view text = value_of(conninfo, "connect_timeout");
    int seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc() && end == text.data() + text.size() && seconds >= 0 && seconds <= 3'600) return;
    refuse("connect_timeout is a whole number of seconds from 0 (none) to 3600, not \"" + std::string(text) + "\"");
}

void complete(Conninfo& conninfo) {
    if (conninfo.contains("replication")) refuse("replication is not for stores");
    const std::string_view encoding = value_of(conninfo, "client_encoding");
    if (!encoding.empty() && encoding != "UTF8") {
        refuse("client_encoding is UTF8, not \"" + std::string(encoding) + "\"");
    }
    conninfo["client_encoding"] = "UTF8";
    conninfo.try_emplace("fallback_application_name", "sheaf");
    conninfo.try_emplace("connect_timeout", "10");
    check_connect_timeout(conninfo);
    // A server that has vanished is noticed in half a minute, not after hours as is the custom of TCP.
    conninfo.try_emplace("keepalives_idle", "15");
    conninfo.try_emplace("keepalives_interval", "5");
    conninfo.try_emplace("keepalives_count", "3");
    conninfo.try_emplace("tcp_user_timeout", "15000");
}

bool has_several_hosts(const Conninfo& conninfo) {
    return value_of(conninfo, "host").find(',') != std::string_view::npos ||
           value_of(conninfo, "hostaddr").find(',') != std::string_view::npos;
}

// The same, but for the hosts.
Conninfo replica_of(Conninfo conninfo, const std::string& hosts) {
    const auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("-._:[]%,").find(c) != std::string_view::npos;
    };
    if (!std::all_of(hosts.begin(), hosts.end(), allowed)) {
        refuse("replicas is host,host:port,..., with the / of a unix socket's folder written as %2F, not \"" + hosts +
               "\"");
    }
    for (const char* place : {"host", "hostaddr", "port"}) conninfo.erase(place);
    Conninfo places;
    try {
        places = parse_conninfo("postgresql://" + hosts);
    } catch (const Error& error) {
        refuse("replicas: " + std::string(error.message()));
    }
    conninfo.merge(places);
    if (value_of(conninfo, "target_session_attrs") != "any") conninfo["target_session_attrs"] = "prefer-standby";
    return conninfo;
}

}  // namespace

Options parse_options(driver::StoreUrl url) {
    constexpr std::int64_t day = 24 * 60 * 60 * 1000;
    check_bytes(url.path);
    if (!url.path.starts_with("//")) refuse("a URL is postgres://user:password@host:port/database");
    Options options;
    options.schema = url.take("schema", options.schema);
    check_schema_name(options.schema);
    if (!take_choice(url, "durability", "durable", "process", "durable"))
        options.durability = driver::Durability::process;
    options.pool = static_cast<std::size_t>(take_number(url, "pool", "16", 1, 1'000));
    options.pool_timeout = std::chrono::milliseconds(take_number(url, "pool_timeout", "5000", 1, day));
    options.reconnect = std::chrono::milliseconds(take_number(url, "reconnect", "30000", 0, day));
    options.notify = take_choice(url, "notify", "on", "off", "off");
    options.pushdown = take_choice(url, "pushdown", "on", "off", "on");
    const std::string replicas = url.take("replicas");

    const Url whole(url);
    options.shown = whole.shown();
    Conninfo conninfo = whole.parse();
    complete(conninfo);
    if (!replicas.empty()) options.replica_conninfo = text_of(replica_of(conninfo, replicas));
    if (has_several_hosts(conninfo)) conninfo.try_emplace("target_session_attrs", "read-write");
    options.conninfo = text_of(conninfo);
    return options;
}

}  // namespace sheaf::postgres
