#include "query/aggregation/pipeline.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <sheaf/error.hpp>

#include "query/aggregation/stage.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// All stages: what leaves them is a result.
class PipelineStream final : public Stream {
public:
    PipelineStream(const Limits& limits, const Control* control) : workspace_(limits, control) {}

    Workspace& workspace() { return workspace_; }
    void set_last(StreamPtr last) { last_ = std::move(last); }

    bool next(View& document) override {
        workspace_.check();
        if (!last_->next(document)) return false;
        workspace_.check_result(document);
        return true;
    }

private:
    Workspace workspace_;
    StreamPtr last_;  // which borrows the workspace
};

// Appends the stage, or joins it with the one before.
void append_stage(std::vector<StagePtr>& stages, StagePtr stage) {
    std::vector<TransformPtr>* const added = stage->transforms();
    std::vector<TransformPtr>* const before = stages.empty() ? nullptr : stages.back()->transforms();
    if (added == nullptr || before == nullptr) return stages.push_back(std::move(stage));
    std::move(added->begin(), added->end(), std::back_inserter(*before));
}

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
    std::optional<LeadingSort> leading_sort;
    const Stage* sort_stage = nullptr;  // the leading one
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
        append_stage(state->stages, parse_stage(name, spec, index, own.size(), settings));
        if (index == 0 && name == "$match") state->leading_match = spec;
        if (name == "$sort" && index == (state->leading_match ? 1U : 0U)) {
            state->leading_sort = LeadingSort{spec, {}};
            state->sort_stage = state->stages.back().get();
        }
        if (index == 0 && name == "$documents") state->brings_documents = true;
        ++index;
    }
    Wanted wanted;
    for (auto stage = state->stages.rbegin(); stage != state->stages.rend(); ++stage) {
        if (stage->get() == state->sort_stage) state->leading_sort->wanted = wanted;
        wanted = (*stage)->bound(wanted);
    }
    return StagePipeline(std::move(state));
}

bool StagePipeline::brings_documents() const {
    return state_->brings_documents;
}

std::optional<View> StagePipeline::leading_match() const {
    return state_->leading_match;
}

std::optional<StagePipeline::LeadingSort> StagePipeline::leading_sort() const {
    return state_->leading_sort;
}

StreamPtr StagePipeline::open(StreamPtr source, const Control* control, SourceOrder order) const {
    auto results = std::make_unique<PipelineStream>(state_->limits, control);
    StreamPtr stream = std::move(source);
    for (const StagePtr& stage : state_->stages) {
        if (state_->leading_match && stage == state_->stages.front()) continue;
        if (order == SourceOrder::sorted && stage.get() == state_->sort_stage) continue;
        stream = stage->open(std::move(stream), results->workspace());
    }
    results->set_last(std::move(stream));
    return results;
}

}  // namespace sheaf::query
