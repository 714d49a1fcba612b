#include "oracle/grammar.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

#include <sheaf/json.hpp>

namespace sheaf::oracle {

namespace {

constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max() / 2;

Value read_json(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw std::invalid_argument(file + " cannot be read");
    return value_from_json(std::string{std::istreambuf_iterator<char>(stream), {}});
}

// "0-4" or "30"; the number at the front of `text`, which is taken off.
std::size_t take_number(std::string_view& text) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) throw std::invalid_argument("a number is missing before \"" + std::string(text) + "\"");
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

}  // namespace

struct Grammar::Run {
    Dice& dice;
    std::size_t budget;
};

std::vector<std::string> Grammar::files_of(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Grammar Grammar::load(const std::vector<std::string>& files, const std::vector<std::string>& replacements) {
    Grammar made;
    std::map<std::string, Value> texts;
    for (const std::string& file : files) {
        const Value rules = read_json(file);
        for (const auto& [name, alternatives] : rules.as_object()) {
            if (!texts.emplace(name, alternatives).second) throw std::invalid_argument("two rules \"" + name + "\"");
        }
    }
    for (const std::string& file : replacements) {
        const Value rules = read_json(file);
        for (const auto& [name, alternatives] : rules.as_object()) texts[name] = alternatives;
    }
    for (const auto& [name, alternatives] : texts) made.names_.emplace(name, made.names_.size());
    made.rules_.resize(made.names_.size());
    for (const auto& [name, alternatives] : texts) {
        Rule& rule = made.rules_[made.rule(name)];
        for (const Value& one : alternatives.as_array()) {
            const Array& pair = one.as_array();
            if (pair.size() != 2) throw std::invalid_argument(name + ": an alternative is [weight, value]");
            const auto weight = static_cast<std::size_t>(pair[0].as_integer().value);
            rule.alternatives.push_back({.weight = weight, .node = made.compile(pair[1])});
            rule.weight += weight;
        }
        if (rule.weight == 0) throw std::invalid_argument(name + " has no alternative");
    }
    made.find_heights();
    return made;
}

std::size_t Grammar::rule(std::string_view name) const {
    const auto found = names_.find(name);
    if (found == names_.end()) throw std::invalid_argument("there is no rule \"" + std::string(name) + "\"");
    return found->second;
}

Grammar::Node Grammar::compile(const Value& value) const {
    if (value.type() == Type::string) return compile_text(value.as_string());
    Node node;
    if (value.is_array()) {
        node.kind = Node::Kind::array;
        for (const Value& one : value.as_array()) node.children.push_back(compile(one));
    } else if (value.is_object()) {
        node.kind = Node::Kind::object;
        for (const auto& [key, child] : value.as_object()) {
            node.keys.push_back(compile_text(key));
            node.children.push_back(compile(child));
        }
    } else {
        node.literal = value;
    }
    return node;
}

Grammar::Node Grammar::compile_text(const std::string& text) const {
    Node node;
    if (!text.starts_with('@')) {
        node.literal = Value(text);
        return node;
    }
    node.kind = Node::Kind::place;
    std::string_view rest(text);
    rest.remove_prefix(1);
    if (rest.empty()) {
        node.place.absent = true;
        return node;
    }
    const std::size_t end = std::min(rest.find_first_of("*?"), rest.size());
    node.place.rule = rule(rest.substr(0, end));
    rest.remove_prefix(end);
    if (rest.starts_with('*')) {
        rest.remove_prefix(1);
        node.place.min = take_number(rest);
        if (rest.starts_with('-')) rest.remove_prefix(1);
        node.place.max = take_number(rest);
    } else if (rest.starts_with('?')) {
        rest.remove_prefix(1);
        node.place.percent = take_number(rest);
    }
    if (!rest.empty() || node.place.max < node.place.min) throw std::invalid_argument("\"" + text + "\" is no place");
    return node;
}

// Of the places that a node fills at least, the longest way down; a rule's height is its lowest alternative's.
std::size_t Grammar::height(const Node& node) const {
    std::size_t highest = 0;
    const auto look = [&](const Node& child) { highest = std::max(highest, height(child)); };
    if (node.kind == Node::Kind::place) {
        if (node.place.absent || node.place.min == 0 || node.place.percent < 100) return 0;
        return std::min(unbounded, rules_[node.place.rule].height + 1);
    }
    for (const Node& key : node.keys) look(key);
    for (const Node& child : node.children) look(child);
    return highest;
}

void Grammar::find_heights() {
    for (Rule& rule : rules_) rule.height = unbounded;
    for (bool changed = true; changed;) {
        changed = false;
        for (Rule& rule : rules_) {
            for (Alternative& one : rule.alternatives) {
                one.height = height(one.node);
                if (one.height >= rule.height) continue;
                rule.height = one.height;
                changed = true;
            }
        }
    }
    for (const auto& [name, index] : names_) {
        if (rules_[index].height >= unbounded) throw std::invalid_argument(name + " never ends");
    }
}

Value Grammar::make(std::string_view name, Dice& dice) const {
    Run run{dice, 10 + dice.below(50)};
    Place place;
    place.rule = rule(name);
    return fill(place, run).value_or(Value());
}

const Grammar::Alternative& Grammar::choose(const Rule& rule, Run& run) const {
    const bool spent = run.budget == 0;
    std::size_t weight = 0;
    const auto counts = [&](const Alternative& one) { return !spent || one.height == rule.height; };
    for (const Alternative& one : rule.alternatives) weight += counts(one) ? one.weight : 0;
    std::size_t drawn = run.dice.below(std::max<std::size_t>(weight, 1));
    for (const Alternative& one : rule.alternatives) {
        if (!counts(one)) continue;
        if (drawn < one.weight || weight == 0) return one;
        drawn -= one.weight;
    }
    return rule.alternatives.front();
}

std::optional<Value> Grammar::fill(const Place& place, Run& run) const {
    if (place.absent || (place.percent < 100 && (run.budget == 0 || !run.dice.chance(place.percent)))) {
        return std::nullopt;
    }
    if (run.budget > 0) --run.budget;
    return grow(choose(rules_[place.rule], run).node, run);
}

std::optional<Value> Grammar::grow(const Node& node, Run& run) const {
    switch (node.kind) {
        case Node::Kind::literal:
            return node.literal;
        case Node::Kind::place:
            return fill(node.place, run);
        case Node::Kind::array: {
            Array made;
            grow_array(node, made, run);
            return Value(std::move(made));
        }
        case Node::Kind::object:
            break;
    }
    Object made;
    grow_object(node, made, run);
    return Value(std::move(made));
}

void Grammar::grow_array(const Node& node, Array& made, Run& run) const {
    for (const Node& child : node.children) {
        const std::size_t most = run.budget == 0 ? child.place.min : child.place.max;
        const std::size_t times = child.place.min + run.dice.below(most - child.place.min + 1);
        for (std::size_t i = 0; i < times; ++i) {
            if (auto value = grow(child, run)) made.push_back(std::move(*value));
        }
    }
}

void Grammar::grow_object(const Node& node, Object& made, Run& run) const {
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
        const Place& place = node.keys[i].place;
        const std::size_t most = run.budget == 0 ? place.min : place.max;
        const std::size_t times = place.min + run.dice.below(most - place.min + 1);
        for (std::size_t n = 0; n < times; ++n) {
            const auto key = grow(node.keys[i], run);
            if (!key || made.find(key->as_string()) != nullptr) continue;
            if (auto value = grow(node.children[i], run)) made.append(key->as_string(), std::move(*value));
        }
    }
}

}  // namespace sheaf::oracle
