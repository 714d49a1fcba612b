// Grammar: random values from rules that stand in JSON files (tests/oracle/grammar): documents, filters, updates,
// expressions, whole operations. A new operator is a line there.
//
//     {"condition": [[10, {"$gt": "@value"}], [5, {"$in": ["@value*0-4"]}], [2, {"$exists": "@flag?50"}]]}
//
// A file is an object of rules; a rule is an array of alternatives, each a weight and a value. In that value these
// strings, as a member's value, an element or a key, are places to fill:
//     "@rule"      what the rule makes             "@rule*0-4"  in arrays and as keys: so many, each made anew
//     "@rule?30"   with a chance of 30 %, else absent           "@"  absent: the member or element is left out
// A key that an object has already is left out with its value.
//
// Every value is made within a budget of filled places; when it is spent, each rule takes its shortest alternatives.
//
// Threads: immutable after load(); make() may be called from any thread with a Dice of its own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <sheaf/value.hpp>

namespace sheaf::oracle {

// Random numbers that are the same on every system for one seed.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
    bool chance(std::size_t percent) { return below(100) < percent; }

private:
    std::mt19937_64 engine_;
};

class Grammar {
public:
    // Rules of `replacements` replace those of `files`. Throws std::invalid_argument for a file that cannot be
    // understood, names a rule that there is not, or has a rule that another has too.
    static Grammar load(const std::vector<std::string>& files, const std::vector<std::string>& replacements = {});
    // Every *.json file of a folder, in order of the names.
    static std::vector<std::string> files_of(const std::string& folder);

    Value make(std::string_view rule, Dice& dice) const;

private:
    struct Place {
        std::size_t rule = 0;
        std::size_t min = 1;
        std::size_t max = 1;
        std::size_t percent = 100;
        bool absent = false;
    };
    struct Node {
        enum class Kind : std::uint8_t { literal, place, array, object };
        Kind kind = Kind::literal;
        Value literal{};
        Place place{};
        std::vector<Node> keys{};      // of an object
        std::vector<Node> children{};  // elements, or values in the order of the keys
    };
    struct Alternative {
        std::size_t weight = 0;
        std::size_t height = 0;  // of the smallest tree of places below it
        Node node{};
    };
    struct Rule {
        std::vector<Alternative> alternatives{};
        std::size_t weight = 0;
        std::size_t height = 0;
    };
    struct Run;

    std::size_t rule(std::string_view name) const;
    Node compile(const Value& value) const;
    Node compile_text(const std::string& text) const;
    void find_heights();
    std::size_t height(const Node& node) const;

    const Alternative& choose(const Rule& rule, Run& run) const;
    std::optional<Value> fill(const Place& place, Run& run) const;
    std::optional<Value> grow(const Node& node, Run& run) const;
    void grow_array(const Node& node, Array& made, Run& run) const;
    void grow_object(const Node& node, Object& made, Run& run) const;

    std::map<std::string, std::size_t, std::less<>> names_;
    std::vector<Rule> rules_;
};

}  // namespace sheaf::oracle
