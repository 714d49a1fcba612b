// Registry: which URL scheme opens which backend. A value, filled by sheaf::open() from the compiled-in list; a program
// may make its own and add factories. There is no process-wide registry.
//
//     auto registry = sheaf::default_registry();
//     registry.add("myengine", [](StoreUrl url) { return open_my_engine(url); });
//     auto database = sheaf::open("myengine:place", {.registry = &registry});
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <sheaf/driver/backend.hpp>

namespace sheaf::driver {

// "scheme:path?name=value&name=value". A text without a known "scheme:" is a path and means sqlite, whatever characters
// it holds.
struct StoreUrl {
    std::string scheme;
    std::string path;
    std::map<std::string, std::string, std::less<>> parameters;

    static StoreUrl parse(std::string_view text);  // throws invalid_url
    // Removes and returns a parameter; the fallback when it is absent.
    std::string take(std::string_view name, std::string_view fallback = "");
    // Throws invalid_url naming the first parameter that nobody took, so that a misspelt one is never ignored.
    void require_all_taken() const;
};

using Factory = std::function<std::unique_ptr<Backend>(StoreUrl url)>;

class Registry {
public:
    void add(std::string scheme, Factory factory);
    bool has(std::string_view scheme) const;
    std::unique_ptr<Backend> open(std::string_view url) const;  // throws invalid_url, unsupported, io...

private:
    std::map<std::string, Factory, std::less<>> factories_;
};

}  // namespace sheaf::driver
