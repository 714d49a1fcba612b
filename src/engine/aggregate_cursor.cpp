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

AggregateCursor::AggregateCursor(const Target* target, const Pipeline& pipeline, const AggregateOptions& options,
                                 const query::Settings& settings)
    : collection_(target == nullptr ? "" : target->name),
      archived_(options.archived),
      hint_(options.hint),
      session_(target == nullptr ? nullptr : target->joined),
      joined_(session_ != nullptr),
      pipeline_(query::StagePipeline::parse(pipeline.view(), settings)),
      control_(joined_ ? narrowed(options.control, session_->control()) : options.control) {
    constexpr int invalid_namespace = 73;  // MongoDB's number for both
    if (pipeline_.brings_documents() != (target == nullptr)) {
        throw Error(Code::invalid_argument,
                    target == nullptr ? "a pipeline without a collection has to begin with $documents"
                                      : "$documents brings its own documents: aggregate on the database",
                    {.mongo = invalid_namespace});
    }
    if (target == nullptr) {
        results_ = pipeline_.open(nullptr, &control_);
        return;
    }
    control_.check();
    parse_source(settings);
    target->read(control_, [&] { open(target->store); });
}

// What the collection is asked for: a $match and a $sort at the front.
void AggregateCursor::parse_source(const query::Settings& settings) {
    query::Settings plain = settings;
    plain.has_system_fields = false;
    if (const auto match = pipeline_.leading_match()) filter_ = query::Filter::parse(*match, plain);
    if (const auto sort = pipeline_.leading_sort()) {
        sort_ = query::Sort::parse(Document::from_trusted(Bytes(sort->sort.encoded())), plain);
        constexpr std::uint64_t most = INT64_MAX;
        wanted_ = static_cast<std::int64_t>(std::min(sort->wanted.value_or(0), most));
    }
}

// Where the session is not the user's, a new one.
void AggregateCursor::open(const std::shared_ptr<Store>& store) {
    if (!joined_) session_ = std::make_shared<Session>(store, driver::BeginOptions{.control = control_});
    const Query query{.filter = filter_,
                      .sort = &sort_,
                      .archived = archived_,
                      .limit = wanted_,
                      .hint = hint_,
                      .beside_writes = session_->writes()};
    results_ = pipeline_.open(std::make_unique<MatchingDocuments>(*session_, collection_, query, control_), &control_,
                              query::StagePipeline::SourceOrder::sorted);
    session_->attach(*this);
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
        if (read(document)) return Document::from_trusted(Bytes(document.encoded()));
        ended_ = true;
        stop_reading();
        return std::nullopt;
    } catch (...) {
        failed_ = true;
        stop_reading();
        throw;
    }
}

bool AggregateCursor::read(View& document) {
    const bool may_begin_again = session_ != nullptr && !joined_ && !begun_;
    begun_ = true;
    return may_begin_again ? read_first(document) : results_->next(document);
}

// As long as nothing has been handed out, another snapshot is as good as the first.
bool AggregateCursor::read_first(View& document) {
    const std::shared_ptr<Store> store = session_->shared_store();
    return run_reading(*store, control_, [&] {
        if (results_ == nullptr) open(store);
        try {
            return results_->next(document);
        } catch (...) {
            stop_reading();
            throw;
        }
    });
}

}  // namespace sheaf::engine
