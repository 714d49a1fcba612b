#include "query/projection/projection_parse.hpp"

#include <algorithm>
#include <cmath>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>

#include "document/encoder.hpp"
#include "query/expression/operators.hpp"
#include "query/filter/filter.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

using Action = ProjectionNode::Action;

[[noreturn]] void refuse(int mongo, std::string_view message, std::string_view path, std::string_view op = {}) {
    fail(Code::invalid_projection, mongo, message, path, op);
}

// {"arr": {"$elemMatch": condition}}: the first element that matches, in an array; missing when there is none.
class FirstMatch final : public Expression {
public:
    FirstMatch(std::string_view field, View elem_match, const Settings& settings)
        : field_(field), filter_(parse(field, elem_match, settings)) {}
    View evaluate(Evaluation& evaluation) const override {
        const View array = evaluation.root()[field_];
        const Subject subject{evaluation.root(), {}};
        if (!array || !array.is_array() || !filter_.matches(subject)) return View();
        std::size_t left = filter_.matched_index(subject).value_or(0);
        for (const View element : array.elements()) {
            if (left-- == 0) return evaluation.scratch().array({&element, 1});
        }
        return View();
    }

private:
    static Filter parse(std::string_view field, View elem_match, Settings settings) {
        settings.has_system_fields = false;
        Bytes bytes;
        Encoder encoder(bytes);
        encoder.begin_object(1);
        encoder.key(field);
        encoder.raw(elem_match.encoded());
        return Filter::parse(View(bytes), settings);
    }

    std::string field_;
    Filter filter_;
};

// Toward zero, and within what can be added to an array's size.
std::int64_t whole(View number) {
    constexpr double most = 4611686018427387904.0;  // 2^62
    const double value = number.number();
    if (std::isnan(value)) return 0;
    return static_cast<std::int64_t>(std::clamp(value, -most, most));
}

// find's {"$slice": count} and {"$slice": [skip, count]}; nothing for what only the expression $slice may understand.
std::optional<ProjectionNode> slice_leaf(View operand) {
    ProjectionNode leaf;
    leaf.action = Action::slice;
    if (operand.is_number()) {
        const std::int64_t count = whole(operand);
        leaf.slice_skip = std::min<std::int64_t>(count, 0);
        leaf.slice_count = std::abs(count);
        return leaf;
    }
    if (!operand.is_array() || operand.size() != 2) return std::nullopt;
    auto element = operand.elements().begin();
    const View skip = *element;
    const View count = *++element;
    if (!skip.is_number() || !count.is_number() || whole(count) <= 0) return std::nullopt;
    leaf.slice_skip = whole(skip);
    leaf.slice_count = whole(count);
    return leaf;
}

struct Parser {
    Parser(const Settings& the_settings, ProjectionLanguage the_language)
        : settings(the_settings), language(the_language), expressions(the_settings) {}

    const Settings& settings;
    ProjectionLanguage language;
    ExpressionParser expressions;
    ParsedProjection result;
    PrefixBudget prefixes{settings.limits};
    std::optional<bool> includes;  // what the projection is, once a path has said so
    bool elem_match = false;

    void object(View object, const std::string& prefix);
    void member(const std::string& path, View value);
    void nested(const std::string& path, View object);
    void say(std::string path, bool wanted);
    void literal(const std::string& path, View value);
    void operation(const std::string& path, View object);
    void first_match(const std::string& path, View object);
    void finish();

    bool is_find() const { return language == ProjectionLanguage::find; }
    void add(const std::string& path, ProjectionNode leaf);
    void add_computed(const std::string& path, ExpressionPtr expression);
    bool strip_positional(std::string& path);
    bool is_system_field(std::string_view name) const {
        return is_find() && settings.has_system_fields && system_field(name) != SystemField::none;
    }
};

bool is_positional(std::string_view path) {
    return path.ends_with(".$");
}

void Parser::object(View object, const std::string& prefix) {
    for (const auto& [key, value] : object.members()) {
        prefixes.spend(prefix);
        member(prefix.empty() ? std::string(key) : prefix + "." + std::string(key), value);
    }
}

void Parser::member(const std::string& path, View value) {
    switch (value.type()) {
        case Type::boolean:
        case Type::integer:
        case Type::number:
            return say(path, is_true(value));
        case Type::object:
            return nested(path, value);
        default:
            return literal(path, value);
    }
}

void Parser::nested(const std::string& path, View object) {
    if (is_positional(path)) refuse(31271, "a positional projection is 1 or true, not an object: " + path, path);
    if (object.size() == 0) refuse(51270, "an empty object says nothing about " + path, path);
    const std::string_view key = (*object.members().begin()).key;
    if (object.size() == 1 && is_operator(key)) return operation(path, object);
    // Checked here, so that nesting is bounded before it is followed.
    const auto parts = parse_field_path(path, settings.limits);
    if (is_system_field(parts.front())) refuse(0, "the system field " + parts.front() + " has no parts", path);
    this->object(object, path);
}

bool Parser::strip_positional(std::string& path) {
    if (!is_positional(path)) return false;
    if (!is_find()) refuse(31324, "$project has no positional projection: " + path, path, "$project");
    if (result.positional) refuse(31276, "more than one positional projection: " + path, path);
    if (elem_match) refuse(31256, "a positional projection beside $elemMatch: " + path, path);
    result.positional = true;
    path.resize(path.size() - 2);
    return true;
}

void Parser::say(std::string path, bool wanted) {
    if (!wanted && is_positional(path)) refuse(31395, "a positional projection cannot exclude: " + path, path);
    const bool positional = strip_positional(path);
    if (is_find() && path.find(".$.") != std::string::npos) {
        refuse(31394, "the positional \"$\" stands at the end of a path: " + path, path);
    }
    const auto parts = parse_field_path(path, settings.limits);
    ProjectionNode leaf;
    leaf.action = wanted ? Action::keep : Action::drop;
    leaf.positional = positional;
    // Of all fields, _id alone may be included or excluded by either kind of projection.
    if (path == "_id" && !positional) return add(path, std::move(leaf));
    if (includes && *includes != wanted) {
        refuse(wanted ? 31253 : 31254,
               std::string(wanted ? "including " : "excluding ") + path + " in a projection that " +
                   (wanted ? "excludes" : "includes") + " fields; only _id may differ",
               path);
    }
    includes = wanted;
    if (!is_system_field(parts.front())) return add(path, std::move(leaf));
    if (parts.size() > 1) refuse(0, "the system field " + parts.front() + " has no parts: " + path, path);
    result.system_fields[static_cast<std::size_t>(system_field(path))] = true;
}

void Parser::literal(const std::string& path, View value) {
    if (is_positional(path)) {
        refuse(31308, "a positional projection is 1 or true, not " + describe(value) + ": " + path, path);
    }
    if (includes == false) {
        refuse(31310, "computing " + path + " in a projection that excludes fields", path);
    }
    includes = true;
    add_computed(path, expressions.parse(value));
}

void Parser::operation(const std::string& path, View object) {
    const auto [name, operand] = *object.members().begin();
    const auto parts = parse_field_path(path, settings.limits);
    if (is_find() && name == "$elemMatch") return first_match(path, object);
    if (is_find() && name == "$slice") {
        if (std::optional<ProjectionNode> leaf = slice_leaf(operand)) {
            // What is not possible as find's $slice has to be possible as the expression.
            if (add_leaf(result.root, parts, std::move(*leaf)) == PathConflict::none) return;
        }
    }
    if (name != "$elemMatch" && !is_expression_operator(name)) {
        refuse(31325, "unknown operator " + std::string(name) + " in a projection, at " + path, path, name);
    }
    const bool is_meta = name == "$meta";
    if (includes == false && !is_meta) {
        refuse(31252, "computing " + path + " in a projection that excludes fields", path, name);
    }
    if (!is_meta) includes = true;
    add_computed(path, expressions.parse(object));
}

void Parser::first_match(const std::string& path, View object) {
    const View condition = (*object.members().begin()).value;
    if (!condition.is_object()) {
        refuse(31274, "$elemMatch takes an object, not " + describe(condition) + ", at " + path, path, "$elemMatch");
    }
    if (result.positional) refuse(31255, "$elemMatch beside a positional projection: " + path, path, "$elemMatch");
    if (path.find('.') != std::string::npos) {
        refuse(31275, "a projection's $elemMatch works on fields of the document, not on " + path, path, "$elemMatch");
    }
    if (condition["$jsonSchema"]) refuse(224, "a projection's $elemMatch has no $jsonSchema, at " + path, path);
    elem_match = true;
    add_computed(path, std::make_unique<FirstMatch>(path, object, settings));
}

void Parser::add(const std::string& path, ProjectionNode leaf) {
    switch (add_leaf(result.root, parse_field_path(path, settings.limits), std::move(leaf))) {
        case PathConflict::below:
            refuse(31249, "the path " + path + " conflicts with a shorter one", path);
        case PathConflict::same:
            refuse(31250, "the path " + path + " conflicts with another one", path);
        case PathConflict::none:
            break;
    }
}

void Parser::add_computed(const std::string& path, ExpressionPtr expression) {
    if (const auto parts = parse_field_path(path, settings.limits); is_system_field(parts.front())) {
        refuse(0, "the system field " + parts.front() + " cannot be computed", path);
    }
    if (is_find() && settings.has_system_fields && expressions.reads_system_fields()) {
        refuse(0, "system fields can be shown by name ({\"_version\": 1}) but not computed with, at " + path, path);
    }
    ProjectionNode leaf;
    leaf.action = Action::compute;
    leaf.expression = std::move(expression);
    add(path, std::move(leaf));
}

void Parser::finish() {
    const ProjectionNode* id = result.root.find("_id");
    // Where no path says it: $elemMatch includes, _id says it of itself, and what is left ($slice, $meta) changes
    // fields of the whole document.
    result.includes = includes.value_or(elem_match || (id != nullptr && id->action == Action::keep));
    if (!result.includes || id != nullptr) return;
    ProjectionNode leaf;
    leaf.action = Action::keep;
    add("_id", std::move(leaf));
}

}  // namespace

void PrefixBudget::spend(std::string_view prefix) {
    if (prefix.size() > left_) {
        fail(Code::limit_exceeded, "nested objects have too many members below long names", prefix.substr(0, 60));
    }
    left_ -= prefix.size();
}

ParsedProjection parse_projection(View spec, const Settings& settings, ProjectionLanguage language) {
    Parser parser(settings, language);
    parser.object(spec, {});
    parser.finish();
    return std::move(parser.result);
}

}  // namespace sheaf::query
