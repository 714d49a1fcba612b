#include <sheaf/error.hpp>

#include "query/aggregation/stage.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

class MatchStream final : public Stream {
public:
    MatchStream(StreamPtr source, const Filter& filter) : source_(std::move(source)), filter_(filter) {}
    bool next(View& document) override {
        while (source_->next(document)) {
            if (filter_.matches({document, {}})) return true;
        }
        return false;
    }

private:
    StreamPtr source_;
    const Filter& filter_;
};

class MatchStage final : public Stage {
public:
    explicit MatchStage(Filter filter) : filter_(std::move(filter)) {}
    StreamPtr open(StreamPtr source, Workspace&) const override {
        return std::make_unique<MatchStream>(std::move(source), filter_);
    }

private:
    Filter filter_;
};

}  // namespace

StagePtr parse_match(View spec, const Settings& settings) {
    if (!spec.is_object()) {
        fail(Code::invalid_argument, 15959, "$match takes an object, not " + describe(spec), {}, "$match");
    }
    return std::make_unique<MatchStage>(Filter::parse(spec, settings));
}

}  // namespace sheaf::query
