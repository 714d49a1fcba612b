#include "query/aggregation/pipeline.hpp"

#include <string>
#include <vector>

#include <sheaf/error.hpp>

#include "query/aggregation/stage.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// Lets a deadline end what many documents come of few.
class WatchedStream final : public Stream {
public:
    WatchedStream(StreamPtr source, const Control& control) : source_(std::move(source)), control_(control) {}
    bool next(View& document) override {
        constexpr std::uint32_t often = 256;
        if (++passed_ % often == 0) control_.check();
        return source_->next(document);
    }

private:
    StreamPtr source_;
    const Control& control_;
    std::uint32_t passed_ = 0;
};

MemberView stage_of(View element) {
    if (!element.is_object()) {
        fail(Code::type_mismatch, "a stage of a pipeline is an object, not " + describe(element), {});
    }
    if (element.size() != 1) {
        fail(Code::invalid_argument, 40323,
             "a stage has one member, its name and operand, not " + std::to_string(element.size()), {});
    }
    return *element.members().begin();
}

}  // namespace

struct StagePipeline::State {
    State(View stages_, const Limits& limits_) : bytes(stages_.encoded()), limits(limits_) {}

    Bytes bytes;  // of the stages, which borrow from them
    Limits limits;
    std::vector<StagePtr> stages;
    bool brings_documents = false;
    std::optional<View> leading_match;
};

StagePipeline::StagePipeline(std::unique_ptr<State> state) : state_(std::move(state)) {}
StagePipeline::StagePipeline(StagePipeline&&) noexcept = default;
StagePipeline& StagePipeline::operator=(StagePipeline&&) noexcept = default;
StagePipeline::~StagePipeline() = default;

StagePipeline StagePipeline::parse(View stages, const Settings& given) {
    if (!stages.is_array()) fail(Code::type_mismatch, "a pipeline is an array, not " + describe(stages), {});
    if (stages.size() > given.limits.pipeline_stages) {
        fail(Code::limit_exceeded, 7749501,
             "a pipeline of more than " + std::to_string(given.limits.pipeline_stages) + " stages", {});
    }
    auto state = std::make_unique<State>(stages, given.limits);
    Settings settings(state->limits, given.bindings);
    settings.has_system_fields = false;
    const View own(state->bytes);
    std::size_t index = 0;
    for (const View element : own.elements()) {
        const auto [name, spec] = stage_of(element);
        state->stages.push_back(parse_stage(name, spec, index, own.size(), settings));
        if (index == 0 && name == "$match") state->leading_match = spec;
        if (index == 0 && name == "$documents") state->brings_documents = true;
        ++index;
    }
    Wanted wanted;
    for (auto stage = state->stages.rbegin(); stage != state->stages.rend(); ++stage) wanted = (*stage)->bound(wanted);
    return StagePipeline(std::move(state));
}

bool StagePipeline::brings_documents() const {
    return state_->brings_documents;
}

std::optional<View> StagePipeline::leading_match() const {
    return state_->leading_match;
}

StreamPtr StagePipeline::open(StreamPtr source, const Control* control) const {
    StreamPtr stream = std::move(source);
    for (const StagePtr& stage : state_->stages) {
        if (state_->leading_match && stage == state_->stages.front()) continue;
        stream = stage->open(std::move(stream));
        if (control != nullptr && stage->multiplies()) {
            stream = std::make_unique<WatchedStream>(std::move(stream), *control);
        }
    }
    return stream;
}

}  // namespace sheaf::query
