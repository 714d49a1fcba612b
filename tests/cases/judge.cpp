#include "cases/judge.hpp"

#include <algorithm>
#include <exception>

#include <sheaf/json.hpp>

namespace sheaf::cases {

namespace {

std::string text(const Object& object) {
    return to_json(Value(object));
}

std::string text(const Found& found) {
    std::string made = found.document.to_json();
    if (found.version) made += "  (version " + std::to_string(*found.version) + (found.archived ? ", archived)" : ")");
    return made;
}

template <typename List>
std::string list(const List& all) {
    std::string made;
    for (const auto& one : all) made += "\n    " + text(one);
    return made.empty() ? " (none)" : made;
}

std::string describe(const Result& result) {
    if (!result.error.empty()) return " " + result.error + ": " + result.message;
    std::string made;
    for (const auto& [name, count] : result.counts) made += " " + name + " " + std::to_string(count);
    if (result.values) made += " values " + to_json(*result.values);
    if (result.returned) made += " returned " + to_json(*result.returned);
    if (result.upserted) made += " upserted " + to_json(*result.upserted);
    if (made.empty()) return list(result.documents);
    return made;
}

struct Comparison {
    bool exact = true;  // compare bytes, not relaxed JSON
    bool any_order = false;
    bool generated_ids = false;  // an expected document without _id matches whatever _id there is
};

bool same(Object expected, const Found& found, const Comparison& how) {
    const Value version = member(expected, "_version");
    if (!version.is_null() && found.version != version.as_integer().value) return false;
    if (expected.find("_archived") != nullptr && flag(expected, "_archived") != found.archived) return false;
    expected.erase("_version");
    expected.erase("_archived");
    Object body = found.document.to_object();
    if (how.generated_ids && expected.find("_id") == nullptr) body.erase("_id");
    if (how.exact) return Document(expected) == Document(body);
    return to_json(Value(std::move(expected))) == to_json(Value(std::move(body)));
}

bool same(const std::vector<Object>& expected, std::vector<Found> found, const Comparison& how) {
    if (expected.size() != found.size()) return false;
    for (const Object& one : expected) {
        const auto end = how.any_order ? found.end() : found.begin() + 1;
        const auto match = std::find_if(found.begin(), end, [&](const Found& other) { return same(one, other, how); });
        if (match == end) return false;
        found.erase(match);
    }
    return true;
}

class Judge {
public:
    Judge(Surface& surface, const Case& one) : surface_(surface), case_(one) {}

    std::string run() {
        surface_.begin(case_.given);
        for (std::size_t i = 0; i + 1 < case_.steps.size(); ++i) {
            const Result result = surface_.play(case_.steps[i]);
            if (!result.error.empty()) fault("step " + std::to_string(i + 1) + " failed:" + describe(result));
        }
        const Value error = member(case_.expect, "error");
        if (!error.is_null()) before_ = surface_.contents();
        result_ = surface_.play(case_.steps.back());
        if (error.is_null()) {
            check_success();
        } else {
            check_failure(error.as_string());
        }
        return report();
    }

private:
    void fault(const std::string& what) { faults_ += "  " + what + "\n"; }

    bool is_read() const {
        const std::string op = member(case_.steps.back(), "op").as_string();
        return op == "find" || op == "count" || op == "distinct" || op == "aggregate";
    }

    void check_success() {
        if (!result_.error.empty()) return fault("it failed");
        for (const auto& [name, value] : case_.expect) {
            if (name == "upserted") {
                if (result_.upserted.value_or(Value()) != value) fault("upserted is not " + to_json(value));
            } else if (name == "values") {
                check_value(name, result_.values, value);
            } else if (name == "returned") {
                check_value(name, result_.returned, value);
            } else if (name == "documents") {
                check_documents(value);
            } else if (value.type() == Type::integer) {
                check_count(name, value.as_integer().value);
            }
        }
    }

    void check_value(const std::string& name, const std::optional<Value>& found, const Value& expected) {
        const std::string got = found ? to_json(*found) : "nothing";
        if (got != to_json(expected)) fault(name + ": " + got + " rather than " + to_json(expected));
    }

    void check_count(const std::string& name, std::int64_t expected) {
        const auto& counts = result_.counts;
        const auto found =
            std::find_if(counts.begin(), counts.end(), [&](const auto& one) { return one.first == name; });
        if (found == counts.end()) return fault("there is no count of " + name);
        if (found->second != expected) fault(name + " is not " + std::to_string(expected));
    }

    void check_documents(const Value& value) {
        std::vector<Object> expected;
        for (const Value& one : value.as_array()) expected.push_back(one.as_object());
        const bool reads = is_read();
        std::vector<Found> found = reads ? result_.documents : surface_.contents();
        if (!reads && !flag(case_.expect, "include_archived")) {
            std::erase_if(found, [](const Found& one) { return one.archived; });
        }
        const Comparison how{surface_.is_exact(), flag(case_.expect, "any_order"), !reads};
        if (!same(expected, found, how)) {
            fault((reads ? "the results are" : "the collection holds") + list(found) + "\n  rather than" +
                  list(expected));
        }
    }

    void check_failure(const std::string& code) {
        if (result_.error.empty()) return fault("it did not fail with " + code);
        const bool wrong_call = result_.error == "usage" && code == "invalid_argument";
        if (result_.error != code && !wrong_call) fault("the error is not " + code);
        const Value message = member(case_.expect, "message");
        if (!message.is_null() && !wrong_call && result_.message.find(message.as_string()) == std::string::npos) {
            fault("the message does not say \"" + message.as_string() + "\"");
        }
        const Value* actual = case_.expect.find("actual_version");
        if (actual != nullptr && surface_.is_exact()) {
            const Value got = result_.actual_version ? Value(*result_.actual_version) : Value();
            if (to_json(got) != to_json(*actual)) fault("actual_version is " + to_json(got));
        }
        check_unchanged();
    }

    void check_unchanged() {
        const std::vector<Found> after = surface_.contents();
        const bool unchanged =
            std::equal(before_.begin(), before_.end(), after.begin(), after.end(), [](const Found& a, const Found& b) {
                return a.document == b.document && a.version == b.version && a.archived == b.archived;
            });
        if (!unchanged) fault("although it failed, the collection now holds" + list(after));
        if (const Value* documents = case_.expect.find("documents")) check_documents(*documents);
    }

    std::string report() const {
        if (faults_.empty()) return "";
        return case_.title + "\ngiven:" + list(case_.given) + "\ndone:" + list(case_.steps) +
               "\nexpected: " + text(case_.expect) + "\ngot:" + describe(result_) + "\nfaults:\n" + faults_;
    }

    Surface& surface_;
    const Case& case_;
    std::vector<Found> before_;
    Result result_;
    std::string faults_;
};

}  // namespace

std::string play(Surface& surface, const Case& one) {
    if (!one.broken.empty()) return one.title + " cannot be played: " + one.broken;
    try {
        return Judge(surface, one).run();
    } catch (const std::exception& error) {
        return one.title + " cannot be played: " + error.what();
    }
}

}  // namespace sheaf::cases
