#include "query/projection/projection.hpp"

#include <sheaf/error.hpp>

#include "query/operand.hpp"
#include "query/projection/projection_parse.hpp"
#include "query/projection/transform.hpp"
#include "query/subject.hpp"

namespace sheaf::query {

struct Projection::State {
    Bytes bytes;  // of the projection; expressions point into it
    Limits limits;
    ParsedProjection parsed;
};

Projection::Projection() = default;
Projection::Projection(Projection&&) noexcept = default;
Projection& Projection::operator=(Projection&&) noexcept = default;
Projection::~Projection() = default;
Projection::Projection(std::unique_ptr<State> state) : state_(std::move(state)) {}

Projection Projection::parse(const Document& projection, const Settings& settings) {
    check_size(projection, "a projection", settings.limits);
    if (projection.empty()) return Projection();
    auto state = std::make_unique<State>(State{projection.cbor(), settings.limits, {}});
    Settings own(state->limits, settings.bindings);
    own.has_system_fields = settings.has_system_fields;
    try {
        state->parsed = parse_projection(View(state->bytes), own, ProjectionLanguage::find);
    } catch (const Error& error) {
        if (error.code() != Code::invalid_argument) throw;
        // A mistake in a path or an expression is the projection's.
        throw Error(Code::invalid_projection, error.message(), error.details());
    }
    return Projection(std::move(state));
}

bool Projection::everything() const {
    return state_ == nullptr;
}

bool Projection::needs_matched_index() const {
    return state_ != nullptr && state_->parsed.positional;
}

Document Projection::apply(View document, std::optional<std::size_t> matched_index) const {
    if (state_ == nullptr) return Document::from_trusted(Bytes(document.encoded()));
    const auto& [root, includes, system_fields, positional] = state_->parsed;
    Bytes out;
    if (!root.computes) {
        ProjectionWriter(!includes, nullptr, matched_index, out).write(document, root);
        return Document::from_trusted(std::move(out));
    }
    Evaluation evaluation(state_->limits, document);
    ProjectionWriter(!includes, &evaluation, matched_index, out).write(document, root);
    check_computed(View(out), state_->limits);
    return Document::from_trusted(std::move(out));
}

bool Projection::shows_system_field(std::string_view name) const {
    if (state_ == nullptr) return true;
    const ParsedProjection& parsed = state_->parsed;
    return parsed.system_fields[static_cast<std::size_t>(system_field(name))] == parsed.includes;
}

}  // namespace sheaf::query
