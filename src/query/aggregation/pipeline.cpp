#include "query/aggregation/pipeline.hpp"

#include <sheaf/error.hpp>

namespace sheaf::query {

struct StagePipeline::State {};

StagePipeline::StagePipeline(std::unique_ptr<State> state) : state_(std::move(state)) {}
StagePipeline::StagePipeline(StagePipeline&&) noexcept = default;
StagePipeline& StagePipeline::operator=(StagePipeline&&) noexcept = default;
StagePipeline::~StagePipeline() = default;

StagePipeline StagePipeline::parse(View, const Settings&) {
    throw Error(Code::unsupported, "aggregation");
}
bool StagePipeline::brings_documents() const {
    return false;
}
std::optional<View> StagePipeline::leading_match() const {
    return std::nullopt;
}
StreamPtr StagePipeline::open(StreamPtr source) const {
    return source;
}

}  // namespace sheaf::query
