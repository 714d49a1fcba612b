// AggregateCursor: one aggregation, from the rows of a collection (or no collection) to documents.
// Threads: one at a time. Holds its Session open; a Session that ends first releases it, and next() then throws.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <sheaf/pipeline.hpp>

#include "engine/ordered_rows.hpp"
#include "engine/store.hpp"
#include "query/aggregation/pipeline.hpp"

namespace sheaf::engine {

class AggregateCursor final : public SessionCursor {
public:
    // Without a session for a pipeline that brings its documents itself.
    AggregateCursor(std::shared_ptr<Session> session, std::string collection, const Pipeline& pipeline,
                    const AggregateOptions& options, const query::Settings& settings);
    ~AggregateCursor() override;
    AggregateCursor(const AggregateCursor&) = delete;
    AggregateCursor& operator=(const AggregateCursor&) = delete;

    std::optional<Document> next();
    void release() noexcept override;
    // For the calls that follow.
    void set_control(const Control& control) { control_ = control; }

private:
    void stop_reading() noexcept;

    std::shared_ptr<Session> session_;  // null when nothing is left to read
    query::StagePipeline pipeline_;
    query::Filter filter_;  // of a $match at the front
    query::Sort sort_;      // of a $sort there
    Control control_;
    bool failed_ = false;
    bool ended_ = false;
    query::StreamPtr results_;  // last, so that it goes first; null when there is nothing to read from
};

}  // namespace sheaf::engine
