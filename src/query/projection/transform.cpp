#include "query/projection/transform.hpp"

#include <sheaf/error.hpp>

#include "document/depth.hpp"
#include "query/operand.hpp"
#include "query/projection/projection_parse.hpp"
#include "query/projection/projection_tree.hpp"

namespace sheaf::query {

namespace {

using Action = ProjectionNode::Action;

class TreeTransform final : public Transform {
public:
    TreeTransform(ProjectionNode root, bool keeps) : root_(std::move(root)), keeps_(keeps) {}
    View apply(Evaluation& evaluation) const override {
        Bytes out;
        ProjectionWriter writer(keeps_, &evaluation, std::nullopt, out);
        writer.write(evaluation.root(), root_);
        if (writer.nested()) check_depth(View(out), evaluation.limits());
        return evaluation.scratch().copy(View(out));
    }

private:
    ProjectionNode root_;
    bool keeps_;
};

class ReplaceRoot final : public Transform {
public:
    explicit ReplaceRoot(ExpressionPtr expression) : expression_(std::move(expression)) {}
    View apply(Evaluation& evaluation) const override {
        const View root = expression_->evaluate(evaluation);
        if (!root || !root.is_object()) {
            fail(Code::invalid_argument, 40228, "the new root has to be an object, not " + describe(root), {},
                 "$replaceRoot");
        }
        check_depth(root, evaluation.limits());
        return root;
    }

private:
    ExpressionPtr expression_;
};

// $addFields names fields by paths and by nested objects, which add to what is there.
class FieldsParser {
public:
    explicit FieldsParser(const Settings& settings) : expressions_(settings), prefixes_(settings.limits) {}

    void member(const std::string& path, View value) {
        if (!value.is_object() || value.size() == 0) return add(path, value);
        for (const auto& [key, part] : value.members()) {
            const std::string name(key);
            if (is_operator(key)) {
                if (value.size() == 1) return add(path, value);
                refuse(40181, "an object with an operator holds nothing else, but " + name + " has neighbours", path);
            }
            if (key.find('.') != std::string_view::npos) {
                refuse(40183, "the name " + name + " has a dot inside of an object", path);
            }
            prefixes_.spend(path);
            member(path + "." + name, part);
        }
    }
    ProjectionNode take() { return std::move(root_); }

private:
    [[noreturn]] static void refuse(int mongo, std::string_view message, std::string_view path) {
        fail(Code::invalid_argument, mongo, message, path, "$addFields");
    }

    void add(const std::string& path, View value) {
        const auto parts = parse_field_path(path, expressions_.settings().limits);
        ProjectionNode leaf;
        leaf.action = Action::compute;
        leaf.expression = expressions_.parse(value);
        if (add_leaf(root_, parts, std::move(leaf)) == PathConflict::none) return;
        refuse(40176, "the path " + path + " conflicts with another one", path);
    }

    ExpressionParser expressions_;
    PrefixBudget prefixes_;
    ProjectionNode root_;
};

[[noreturn]] void refuse_unset(int mongo, std::string_view message) {
    fail(Code::invalid_argument, mongo, message, {}, "$unset");
}

std::vector<std::string_view> unset_names(View spec) {
    std::vector<std::string_view> names;
    if (spec.type() == Type::string) {
        names.push_back(spec.string());
    } else if (spec.is_array()) {
        if (spec.size() == 0) refuse_unset(31119, "$unset takes at least one name");
        for (const View name : spec.elements()) {
            if (name.type() != Type::string) refuse_unset(31120, "$unset takes names, not " + describe(name));
            names.push_back(name.string());
        }
    } else {
        refuse_unset(31002, "$unset takes a name or an array of names, not " + describe(spec));
    }
    for (const std::string_view name : names) {
        if (name.find('\0') != std::string_view::npos) refuse_unset(9527900, "$unset takes names without null bytes");
    }
    return names;
}

// {"newRoot": expression}
TransformPtr parse_replace_root_stage(View spec, const Settings& settings) {
    constexpr std::string_view stage = "$replaceRoot";
    if (!spec.is_object()) {
        fail(Code::invalid_argument, 40229, "$replaceRoot takes an object, not " + describe(spec), {}, stage);
    }
    for (const auto& [key, value] : spec.members()) {
        if (key == "newRoot") continue;
        fail(Code::invalid_argument, 40415, "$replaceRoot takes newRoot, not " + std::string(key), {}, stage);
    }
    const View root = spec["newRoot"];
    if (!root) fail(Code::invalid_argument, 40414, "$replaceRoot lacks newRoot", {}, stage);
    return parse_replace_root(root, settings);
}

}  // namespace

TransformPtr parse_transform(std::string_view stage, View spec, const Settings& settings) {
    struct Entry {
        std::string_view stage;
        TransformPtr (*parse)(View spec, const Settings& settings);
    };
    constexpr Entry entries[] = {
        {"$project", parse_project},
        {"$addFields", parse_add_fields},
        {"$set", parse_add_fields},
        {"$unset", parse_unset_fields},
        {"$replaceRoot", parse_replace_root_stage},
        {"$replaceWith", parse_replace_root},
    };
    for (const Entry& entry : entries) {
        if (entry.stage == stage) return entry.parse(spec, settings);
    }
    return nullptr;
}

TransformPtr parse_project(View spec, const Settings& settings) {
    if (!spec.is_object()) {
        fail(Code::invalid_projection, 15969, "$project takes an object, not " + describe(spec), {}, "$project");
    }
    if (spec.size() == 0) fail(Code::invalid_projection, 51272, "$project takes at least one field", {}, "$project");
    ParsedProjection parsed = parse_projection(spec, settings, ProjectionLanguage::stage);
    return std::make_unique<TreeTransform>(std::move(parsed.root), !parsed.includes);
}

TransformPtr parse_add_fields(View spec, const Settings& settings) {
    if (!spec.is_object()) {
        fail(Code::invalid_argument, 40272, "$addFields takes an object, not " + describe(spec), {}, "$addFields");
    }
    FieldsParser parser(settings);
    for (const auto& [key, value] : spec.members()) parser.member(std::string(key), value);
    return std::make_unique<TreeTransform>(parser.take(), true);
}

TransformPtr parse_unset_fields(View spec, const Settings& settings) {
    ProjectionNode root;
    for (const std::string_view name : unset_names(spec)) {
        ProjectionNode leaf;
        leaf.action = Action::drop;
        const PathConflict conflict = add_leaf(root, parse_field_path(name, settings.limits), std::move(leaf));
        if (conflict == PathConflict::none) continue;
        refuse_unset(conflict == PathConflict::below ? 31249 : 31250,
                     "the path " + std::string(name) + " conflicts with another one");
    }
    return std::make_unique<TreeTransform>(std::move(root), true);
}

TransformPtr parse_replace_root(View expression, const Settings& settings) {
    return std::make_unique<ReplaceRoot>(ExpressionParser(settings).parse(expression));
}

void check_depth(View value, const Limits& limits) {
    if (depth_of(value) <= limits.depth) return;
    fail(Code::limit_exceeded, 15, "a computed document nests deeper than " + std::to_string(limits.depth) + " levels",
         {});
}

void check_computed(View document, const Limits& limits) {
    const std::size_t size = document.encoded().size();
    if (size > limits.document_bytes) {
        fail(Code::limit_exceeded,
             "a computed document of " + std::to_string(size) + " bytes is over the limit of " +
                 std::to_string(limits.document_bytes),
             {});
    }
    check_depth(document, limits);
}

}  // namespace sheaf::query
