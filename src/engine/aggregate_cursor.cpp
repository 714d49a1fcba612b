#include "engine/aggregate_cursor.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::engine {

namespace {

// What a $match and a $sort at the front of the pipeline leave.
class MatchingDocuments final : public query::Stream {
public:
    MatchingDocuments(Session& session, const std::string& collection, const Query& query, const Control& control)
        : rows_(session.tx(), session.store(), collection, query, control) {}

    bool next(View& document) override {
        driver::RowView row;
        if (!rows_.next(row)) return false;
        document = View(row.body);
        return true;
    }

private:
    OrderedRows rows_;
};

}  // namespace

AggregateCursor::AggregateCursor(std::shared_ptr<Session> session, std::string collection, const Pipeline& pipeline,
                                 const AggregateOptions& options, const query::Settings& settings)
    : session_(std::move(session)),
      pipeline_(query::StagePipeline::parse(pipeline.view(), settings)),
      control_(session_ == nullptr ? options.control : narrowed(options.control, session_->control())) {
    constexpr int invalid_namespace = 73;  // MongoDB's number for both
    if (pipeline_.brings_documents() != (session_ == nullptr)) {
        throw Error(Code::invalid_argument,
                    session_ == nullptr ? "a pipeline without a collection has to begin with $documents"
                                        : "$documents brings its own documents: aggregate on the database",
                    {.mongo = invalid_namespace});
    }
    query::StreamPtr source;
    if (session_ != nullptr) {
        query::Settings plain = settings;
        plain.has_system_fields = false;
        if (const auto match = pipeline_.leading_match()) filter_ = query::Filter::parse(*match, plain);
        Query query{.filter = filter_,
                    .sort = &sort_,
                    .archived = options.archived,
                    .hint = options.hint,
                    .beside_writes = session_->writes()};
        if (const auto sort = pipeline_.leading_sort()) {
            sort_ = query::Sort::parse(Document::from_trusted(Bytes(sort->sort.encoded())), plain);
            constexpr std::uint64_t most = INT64_MAX;
            query.limit = static_cast<std::int64_t>(std::min(sort->wanted.value_or(0), most));
        }
        source = std::make_unique<MatchingDocuments>(*session_, collection, query, control_);
    }
    results_ = pipeline_.open(std::move(source), &control_, query::StagePipeline::SourceOrder::sorted);
    if (session_ != nullptr) session_->attach(*this);
}

AggregateCursor::~AggregateCursor() {
    stop_reading();
}

void AggregateCursor::release() noexcept {
    results_.reset();
}

void AggregateCursor::stop_reading() noexcept {
    results_.reset();
    if (session_ == nullptr) return;
    session_->detach(*this);
    session_.reset();
}

std::optional<Document> AggregateCursor::next() {
    if (ended_) return std::nullopt;
    if (failed_ || results_ == nullptr) {
        throw Error(Code::closed, failed_ ? "the cursor has failed" : "the cursor's transaction has ended");
    }
    try {
        View document;
        if (results_->next(document)) return Document::from_trusted(Bytes(document.encoded()));
        ended_ = true;
        stop_reading();
        return std::nullopt;
    } catch (...) {
        failed_ = true;
        stop_reading();
        throw;
    }
}

}  // namespace sheaf::engine
