// An aggregation: stages through which documents stream, each pulling from the one before it. No I/O: the engine gives
// the source.
//
// Threads: a parsed Pipeline is immutable; the streams that it opens serve one thread each.
// Lifetime: streams borrow from the pipeline that opened them.
//
//     StagePipeline pipeline = StagePipeline::parse(stages.view(), settings);
//     StreamPtr results = pipeline.open(std::move(source));
//     for (View document; results->next(document);) ...
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <sheaf/control.hpp>

#include "query/filter/filter.hpp"
#include "query/settings.hpp"

namespace sheaf::query {

class Stream {
public:
    virtual ~Stream() = default;
    // The next document, lent until the next call; false at the end.
    virtual bool next(View& document) = 0;
};

using StreamPtr = std::unique_ptr<Stream>;

class StagePipeline {
public:
    // `stages`: an array of objects with one member each. Throws invalid_argument with MongoDB's number; stages that
    // sheaf does not have are refused by name.
    static StagePipeline parse(View stages, const Settings& settings);
    StagePipeline(StagePipeline&&) noexcept;
    StagePipeline& operator=(StagePipeline&&) noexcept;
    ~StagePipeline();

    // Whether it begins with $documents, and so reads no collection.
    bool brings_documents() const;
    // The filter of a $match at the front, which the source then applies (the streams do not): a document, or nothing.
    std::optional<View> leading_match() const;
    // A $sort at the front, or right behind that $match, which a source may apply too: an index may have the order.
    struct LeadingSort {
        View sort{};
        std::optional<std::uint64_t> wanted{};  // how many documents are read at most
    };
    std::optional<LeadingSort> leading_sort() const;
    enum class SourceOrder : bool { any, sorted };  // whether the source has applied it
    // `source` is null when brings_documents(). The control is watched for every document that leaves the pipeline,
    // that a stage collects or makes of another one, and within expressions (a source watches its own); it has to
    // outlive the stream. Results are at most limits.document_bytes, documents between stages four times as large, and
    // all that streams lend at one time is within limits.pipeline_bytes.
    StreamPtr open(StreamPtr source, const Control* control = nullptr, SourceOrder order = SourceOrder::any) const;

private:
    struct State;
    explicit StagePipeline(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sheaf::query
