// AggregateCursor: one aggregation, from the rows of a collection (or no collection) to documents.
// As long as nothing has been handed out, it begins again where run_reading() would.
//
// Threads: one at a time. Holds its Session open; a Session that ends first releases it, and next() then throws.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <sheaf/pipeline.hpp>

#include "engine/ordered_rows.hpp"
#include "engine/store.hpp"
#include "engine/target.hpp"
#include "query/aggregation/pipeline.hpp"

namespace sheaf::engine {

class AggregateCursor final : public SessionCursor {
public:
    // Without a target for a pipeline that brings its documents itself.
    AggregateCursor(const Target* target, const Pipeline& pipeline, const AggregateOptions& options,
                    const query::Settings& settings);
    ~AggregateCursor() override;
    AggregateCursor(const AggregateCursor&) = delete;
    AggregateCursor& operator=(const AggregateCursor&) = delete;

    std::optional<Document> next();
    void release() noexcept override;
    // For the calls that follow.
    void set_control(const Control& control) { control_ = control; }

private:
    void parse_source(const query::Settings& settings);
    void open(const std::shared_ptr<Store>& store);
    bool read(View& document);
    bool read_first(View& document);
    void stop_reading() noexcept;

    const std::string collection_;
    const Archived archived_;
    const std::string hint_;
    std::shared_ptr<Session> session_;  // null when nothing is left to read
    const bool joined_;                 // to a transaction of the user
    query::StagePipeline pipeline_;
    query::Filter filter_;  // of a $match at the front
    query::Sort sort_;      // of a $sort there
    std::int64_t wanted_ = 0;
    Control control_;
    bool begun_ = false;  // a document has been read
    bool failed_ = false;
    bool ended_ = false;
    query::StreamPtr results_;  // last, so that it goes first; null when there is nothing to read from
};

}  // namespace sheaf::engine
