#include "query/projection/projection_tree.hpp"

#include <algorithm>

#include <sheaf/error.hpp>

#include "document/encoder.hpp"
#include "document/head.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

using Action = ProjectionNode::Action;

// The head tells the number of parts, which is known only when they are written.
template <typename Write>
void collect(Major major, Bytes& out, const Write& write) {
    const std::size_t begin = out.size();
    const std::uint64_t count = write();
    Bytes head;
    Encoder(head).head(major, count);
    out.insert(begin, head);
}

bool is_nested(View value) {
    return value && (value.is_object() || value.is_array());
}

}  // namespace

PathConflict add_leaf(ProjectionNode& root, std::span<const std::string> path, ProjectionNode leaf) {
    ProjectionNode* node = &root;
    std::vector<ProjectionNode::Children::value_type*> way;
    bool is_new = false;
    for (const std::string& part : path) {
        if (node->action != Action::parts) return PathConflict::below;
        const auto [child, inserted] = node->children.try_emplace(part);
        way.push_back(&*child);
        node = &child->second;
        is_new = inserted;
    }
    if (!is_new) return PathConflict::same;
    leaf.computes = leaf.action == Action::compute;
    const bool positional = leaf.positional;
    const bool computes = leaf.computes;
    *node = std::move(leaf);
    ProjectionNode* parent = &root;
    for (auto* step : way) {
        ProjectionNode& child = step->second;
        child.positional = child.positional || positional;
        parent->computes = parent->computes || computes;
        const bool listed = child.addition < parent->additions.size() && parent->additions[child.addition] == step;
        if (computes && !listed) {
            child.addition = parent->additions.size();
            parent->additions.push_back(step);
        }
        parent = &child;
    }
    return PathConflict::none;
}

void ProjectionWriter::write(View object, const ProjectionNode& node) {
    collect(Major::map, out_, [&] { return members(object, node); });
}

std::uint64_t ProjectionWriter::members(View object, const ProjectionNode& node) {
    std::uint64_t count = 0;
    std::vector<bool> done(node.additions.size());
    if (object) {
        for (const auto& [key, value] : object.members()) {
            const ProjectionNode* child = node.find(key);
            if (child == nullptr) {
                if (!keeps_) continue;
                Encoder(out_).key(key);
                out_.append(value.encoded());
                ++count;
                continue;
            }
            if (child->computes) {
                // In an inclusion, what is computed anew comes after what is included.
                if (!keeps_ && (child->action == Action::compute || !is_nested(value))) continue;
                done[child->addition] = true;
            }
            if (member(key, value, *child)) ++count;
        }
    }
    for (std::size_t i = 0; i < done.size(); ++i) {
        if (!done[i] && member(node.additions[i]->first, View(), node.additions[i]->second)) ++count;
    }
    return count;
}

bool ProjectionWriter::member(std::string_view key, View before, const ProjectionNode& node) {
    const std::size_t begin = out_.size();
    Encoder(out_).key(key);
    if (value(before, node)) return true;
    out_.resize(begin);
    return false;
}

bool ProjectionWriter::value(View value, const ProjectionNode& node) {
    if (node.positional && value.is_array()) {
        element(value);
        return true;
    }
    switch (node.action) {
        case Action::parts:
            return parts(value, node);
        case Action::drop:
            return false;
        case Action::compute:
            return computed(node);
        case Action::slice:
            if (value.is_array()) {
                slice(value, node);
                return true;
            }
            break;
        case Action::keep:
            break;
    }
    out_.append(value.encoded());
    return true;
}

bool ProjectionWriter::computed(const ProjectionNode& node) {
    // A value may be computed once for each element of an array, so that small documents make large ones.
    if (out_.size() > evaluation_->limits().expression_bytes) {
        fail(Code::limit_exceeded,
             "a projection computes more than " + std::to_string(evaluation_->limits().expression_bytes) + " bytes",
             {});
    }
    const View result = node.expression->evaluate(*evaluation_);
    if (!result) return false;
    nested_ = nested_ || is_nested(result);
    out_.append(result.encoded());
    return true;
}

// What is named in part, but has no parts, counts as not named, unless something is computed below it.
bool ProjectionWriter::parts(View value, const ProjectionNode& node) {
    if (is_nested(value)) {
        if (++depth_ > max_stored_depth) throw_corrupt("nesting without end");
        if (value.is_object()) {
            write(value, node);
        } else {
            array(value, node);
        }
        --depth_;
        return true;
    }
    if (node.computes) {
        nested_ = true;
        write(View(), node);
        return true;
    }
    if (!keeps_ || !value) return false;
    out_.append(value.encoded());
    return true;
}

// Arrays are entered; their elements that have no parts are dropped by an inclusion.
void ProjectionWriter::array(View array, const ProjectionNode& node) {
    collect(Major::array, out_, [&] {
        std::uint64_t count = 0;
        for (const View element : array.elements()) {
            if (parts(element, node)) ++count;
        }
        return count;
    });
}

void ProjectionWriter::element(View array) {
    if (!matched_index_) {
        fail(Code::invalid_projection, 51246,
             "the positional projection needs a filter that looks for an element of an array", {}, "$");
    }
    std::size_t index = 0;
    for (const View element : array.elements()) {
        if (index++ != *matched_index_) continue;
        Encoder(out_).begin_array(1);
        out_.append(element.encoded());
        return;
    }
    fail(Code::invalid_projection, 51247,
         "the positional projection looks for element " + std::to_string(*matched_index_) + " of an array of " +
             std::to_string(index),
         {}, "$");
}

void ProjectionWriter::slice(View array, const ProjectionNode& node) {
    const auto size = static_cast<std::int64_t>(array.size());
    const std::int64_t begin =
        node.slice_skip < 0 ? std::max<std::int64_t>(0, size + node.slice_skip) : std::min(node.slice_skip, size);
    const std::int64_t count = std::min(node.slice_count, size - begin);
    Encoder(out_).begin_array(static_cast<std::uint64_t>(count));
    std::int64_t index = 0;
    for (const View element : array.elements()) {
        if (index >= begin + count) break;
        if (index++ >= begin) out_.append(element.encoded());
    }
}

}  // namespace sheaf::query
