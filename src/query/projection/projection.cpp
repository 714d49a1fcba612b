#include "query/projection/projection.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>

#include "document/encoder.hpp"
#include "query/filter/filter.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// The named paths as a tree. A node without children is the end of a path.
struct Node {
    std::map<std::string, Node, std::less<>> children;

    bool is_leaf() const { return children.empty(); }
    const Node* find(std::string_view key) const {
        const auto found = children.find(key);
        return found == children.end() ? nullptr : &found->second;
    }
};

[[noreturn]] void refuse(std::string_view message, std::string_view path) {
    fail(Code::invalid_projection, message, path);
}

// ---- reading

struct Parser {
    explicit Parser(const Limits& the_limits) : limits(the_limits) {}

    const Limits& limits;
    Node root;                    // without a whole _id and system fields
    std::optional<bool> include;  // what the projection is, once a path has said so
    std::optional<bool> id;       // what it says about _id
    bool system_fields[5] = {};   // named ones, by SystemField

    void parse_object(View object, const std::string& prefix);
    void parse_member(const std::string& path, View value);
    void add(const std::string& path, bool wanted);
    void add_to_tree(const Path& parts, const std::string& path);
};

void check_path(const Path& parts, const std::string& path) {
    if (has_empty_part(parts)) refuse("the path \"" + path + "\" has an empty part", path);
    for (const PathPart& part : parts) {
        if (part.key == "$") refuse("the positional projection " + path + " is not supported yet", path);
        if (is_operator(part.key)) refuse("a path cannot have a part that begins with $: " + path, path);
    }
}

void Parser::parse_object(View object, const std::string& prefix) {
    for (const auto& [key, value] : object.members()) {
        const std::string name(key);
        if (!prefix.empty() && is_operator(key)) {
            refuse("operators in a projection are not supported yet: " + name + " at " + prefix, prefix);
        }
        parse_member(prefix.empty() ? name : prefix + "." + name, value);
    }
}

void Parser::parse_member(const std::string& path, View value) {
    switch (value.type()) {
        case Type::boolean:
        case Type::integer:
        case Type::number:
            return add(path, is_true(value));
        case Type::object:
            if (value.size() == 0) refuse("an empty object says nothing about " + path, path);
            if (system_field(path) != SystemField::none) refuse("the system field " + path + " has no parts", path);
            // Counted here, so that nesting is bounded before it is followed.
            parse_path(path, limits);
            return parse_object(value, path);
        default:
            refuse("the value at " + path + " is " + describe(value) +
                       ", not 1, 0, true, false or an object of them; expressions are not supported yet",
                   path);
    }
}

void Parser::add(const std::string& path, bool wanted) {
    const Path parts = parse_path(path, limits);
    check_path(parts, path);
    if (path == "_id") {
        id = wanted;
        return;
    }
    if (include && *include != wanted) {
        refuse(std::string(wanted ? "including " : "excluding ") + path + " in a projection that " +
                   (wanted ? "excludes" : "includes") + " fields; only _id may differ",
               path);
    }
    include = wanted;
    const SystemField system = system_field(parts.front().key);
    if (system == SystemField::none) return add_to_tree(parts, path);
    if (parts.size() > 1) refuse("the system field " + parts.front().key + " has no parts: " + path, path);
    system_fields[static_cast<std::size_t>(system)] = true;
}

void Parser::add_to_tree(const Path& parts, const std::string& path) {
    Node* node = &root;
    bool is_new = false;
    for (const PathPart& part : parts) {
        // A leaf that was there before is the end of a shorter path.
        if (node != &root && !is_new && node->is_leaf())
            refuse("the path " + path + " conflicts with a shorter one", path);
        const auto [child, inserted] = node->children.try_emplace(part.key);
        node = &child->second;
        is_new = inserted;
    }
    if (!is_new) refuse("the path " + path + " conflicts with another one", path);
}

// ---- copying

class Copier {
public:
    explicit Copier(bool include) : include_(include) {}

    void object(View object, const Node& node, Bytes& out) const {
        collect(Major::map, out, [&](Bytes& body) {
            std::uint64_t count = 0;
            for (const auto& [key, value] : object.members()) {
                if (member(key, value, node, body)) ++count;
            }
            return count;
        });
    }

private:
    bool member(std::string_view key, View value, const Node& node, Bytes& out) const {
        const Node* child = node.find(key);
        const bool nested = child != nullptr && !child->is_leaf() && (value.is_object() || value.is_array());
        // What is named in part, but has no parts, counts as not named.
        const bool named = child != nullptr && (child->is_leaf() || nested);
        if (named != include_ && !nested) return false;
        Encoder(out).key(key);
        if (nested) {
            parts(value, *child, out);
        } else {
            out.append(value.encoded());
        }
        return true;
    }

    // Arrays are entered; their elements that have no parts are kept by an exclusion only.
    void parts(View value, const Node& node, Bytes& out) const {
        if (value.is_object()) return object(value, node, out);
        collect(Major::array, out, [&](Bytes& body) {
            std::uint64_t count = 0;
            for (const View element : value.elements()) {
                if (element.is_object() || element.is_array()) {
                    parts(element, node, body);
                } else if (!include_) {
                    body.append(element.encoded());
                } else {
                    continue;
                }
                ++count;
            }
            return count;
        });
    }

    // The head tells the number of parts, which is known only when they are written.
    template <typename Write>
    static void collect(Major major, Bytes& out, const Write& write) {
        const std::size_t begin = out.size();
        const std::uint64_t count = write(out);
        Bytes head;
        Encoder(head).head(major, count);
        out.insert(begin, head);
    }

    bool include_;
};

}  // namespace

struct Projection::State {
    bool include = true;
    Node root;
    bool system_fields[5] = {};
};

Projection::Projection() = default;
Projection::Projection(Projection&&) noexcept = default;
Projection& Projection::operator=(Projection&&) noexcept = default;
Projection::~Projection() = default;
Projection::Projection(std::unique_ptr<State> state) : state_(std::move(state)) {}

Projection Projection::parse(const Document& projection, const Settings& settings) {
    const Limits& limits = settings.limits;
    check_size(projection, "a projection", limits);
    if (projection.empty()) return Projection();
    Parser parser(limits);
    parser.parse_object(projection.view(), {});
    auto state = std::make_unique<State>();
    // A projection of _id alone is what it says about _id.
    state->include = parser.include.value_or(parser.id.value_or(true));
    // Named when it is to be shown by an inclusion or hidden by an exclusion; shown by default.
    const bool names_id = parser.id.value_or(true) == state->include;
    const bool names_parts_of_id = parser.root.find("_id") != nullptr;
    if (parser.id ? names_id || names_parts_of_id : names_id && !names_parts_of_id) {
        parser.add_to_tree({{"_id", std::nullopt}}, "_id");
    }
    state->root = std::move(parser.root);
    std::copy(std::begin(parser.system_fields), std::end(parser.system_fields), std::begin(state->system_fields));
    return Projection(std::move(state));
}

bool Projection::everything() const {
    return state_ == nullptr;
}

bool Projection::needs_matched_index() const {
    return false;
}

Document Projection::apply(View document, std::optional<std::size_t>) const {
    if (state_ == nullptr) return Document::from_trusted(Bytes(document.encoded()));
    Bytes out;
    Copier(state_->include).object(document, state_->root, out);
    return Document::from_trusted(std::move(out));
}

bool Projection::shows_system_field(std::string_view name) const {
    if (state_ == nullptr) return true;
    return state_->system_fields[static_cast<std::size_t>(system_field(name))] == state_->include;
}

}  // namespace sheaf::query
