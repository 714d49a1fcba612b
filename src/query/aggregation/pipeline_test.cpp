#include "query/aggregation/pipeline.hpp"

#include <gtest/gtest.h>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "query/expression/scratch.hpp"

namespace sheaf::query {
namespace {

// Hands out the elements of an array and counts what was asked for.
class Given final : public Stream {
public:
    Given(View documents, std::size_t& read) : next_(documents.elements().begin()), read_(read) {}
    bool next(View& document) override {
        if (next_ == nullptr) return false;
        document = *next_;
        ++next_;
        ++read_;
        return true;
    }

private:
    ElementRange::iterator next_;
    std::size_t& read_;
};

struct Result {
    std::string documents;  // or the error's number
    std::size_t read = 0;
};

Result run(const std::string& stages, const std::string& documents, const Limits& limits = {}) {
    Result result;
    const Document input = Document::from_json(R"({"d": )" + documents + "}");
    const Document spec = Document::from_json(R"({"p": )" + stages + "}");
    try {
        const StagePipeline pipeline = StagePipeline::parse(spec["p"], limits);
        StreamPtr source;
        if (!pipeline.brings_documents()) source = std::make_unique<Given>(input["d"], result.read);
        const StreamPtr results = pipeline.open(std::move(source));
        for (View document; results->next(document);) {
            result.documents += (result.documents.empty() ? "" : " ") + to_json(document);
        }
        View after;
        EXPECT_FALSE(results->next(after));
    } catch (const Error& error) {
        result.documents = std::to_string(error.mongo_code());
    }
    return result;
}

struct Case {
    const char* stages;
    const char* documents;
    const char* expected;
};

void check(std::initializer_list<Case> cases) {
    for (const Case& c : cases) {
        EXPECT_EQ(run(c.stages, c.documents).documents, c.expected) << c.stages << " on " << c.documents;
    }
}

TEST(Pipeline, RefusesWhatIsNoStage) {
    check({
        {"[5]", "[]", "14"},
        {"[{}]", "[]", "40323"},
        {R"([{"$limit": 1, "$skip": 1}])", "[]", "40323"},
        {R"([{"$nothing": 1}])", "[]", "40324"},
        {R"([{"$lookup": {}}])", "[]", "115"},
        {R"([{"$skip": 1}, {"$documents": []}])", "[]", "40602"},
        {R"([{"$out": "x"}, {"$skip": 1}])", "[]", "40601"},
        {"[]", R"([{"a":1}])", R"({"a":1})"},
    });
    Limits small;
    small.pipeline_stages = 1;
    EXPECT_EQ(run(R"([{"$skip": 1}, {"$skip": 1}])", "[]", small).documents, "7749501");
}

TEST(Pipeline, Match) {
    check({
        {R"([{"$skip": 0}, {"$match": {"a": {"$gt": 1}}}])", R"([{"a":1},{"a":2},{"a":3}])", R"({"a":2} {"a":3})"},
        {R"([{"$skip": 0}, {"$match": {"_version": 5}}])", R"([{"_version":5}])", R"({"_version":5})"},
        {R"([{"$match": 5}])", "[]", "15959"},
    });
}

TEST(Pipeline, LeadingMatchIsLeftToTheSource) {
    const Document spec = R"({"p": [{"$match": {"a": 1}}, {"$match": {"b": 1}}]})"_json;
    const StagePipeline pipeline = StagePipeline::parse(spec["p"], Limits{});
    EXPECT_EQ(to_json(pipeline.leading_match().value()), R"({"a":1})");
    EXPECT_EQ(run(R"([{"$match": {"a": 1}}, {"$match": {"b": 1}}])", R"([{"a":2,"b":1},{"b":2}])").documents,
              R"({"a":2,"b":1})");
}

TEST(Pipeline, Cuts) {
    check({
        {R"([{"$limit": 2}])", R"([{"a":1},{"a":2},{"a":3}])", R"({"a":1} {"a":2})"},
        {R"([{"$skip": 2.0}])", R"([{"a":1},{"a":2},{"a":3}])", R"({"a":3})"},
        {R"([{"$skip": 9}])", R"([{"a":1}])", ""},
        {R"([{"$count": "n"}])", R"([{"a":1},{"a":2}])", R"({"n":2})"},
        {R"([{"$count": "n"}])", "[]", ""},
        {R"([{"$limit": 0}])", "[]", "15958"},
        {R"([{"$limit": -1}])", "[]", "5107201"},
        {R"([{"$limit": 1.5}])", "[]", "5107201"},
        {R"([{"$limit": 9223372036854775808.0}])", "[]", "5107201"},
        {R"([{"$skip": "1"}])", "[]", "5107200"},
        {R"([{"$count": 1}])", "[]", "40156"},
        {R"([{"$count": ""}])", "[]", "40157"},
        {R"([{"$count": "$."}])", "[]", "40158"},
        {R"([{"$count": ".\u0000"}])", "[]", "40159"},
        {R"([{"$count": "a.b"}])", "[]", "40160"},
        {R"([{"$count": "_id"}])", "[]", "9039800"},
    });
    EXPECT_EQ(run(R"([{"$limit": 1}])", R"([{},{},{}])").read, 1U);
}

TEST(Pipeline, Sort) {
    check({
        {R"([{"$sort": {"a": -1}}])", R"([{"a":1},{"a":3},{"a":2}])", R"({"a":3} {"a":2} {"a":1})"},
        {R"([{"$sort": {"a": 1}}])", R"([{"a":1,"b":1},{"a":1,"b":2},{"b":3}])",
         R"({"b":3} {"a":1,"b":1} {"a":1,"b":2})"},
        {R"([{"$sort": {"a": 1}}, {"$skip": 1}, {"$limit": 1}])", R"([{"a":4},{"a":3},{"a":2},{"a":1}])", R"({"a":2})"},
        {R"([{"$sort": {"a": 1}}, {"$project": {"b": "$a"}}, {"$limit": 1}])", R"([{"a":2},{"a":1}])", R"({"b":1})"},
        {R"([{"$sort": {"a": 1}}, {"$match": {"a": 2}}, {"$limit": 1}])", R"([{"a":2},{"a":1}])", R"({"a":2})"},
        {R"([{"$sort": {"_version": 1}}])", R"([{"_version":2},{"_version":1}])", R"({"_version":1} {"_version":2})"},
        {R"([{"$sort": {}}])", "[]", "15976"},
        {R"([{"$sort": 1}])", "[]", "15973"},
    });
    Limits small;
    small.sort_bytes = 500;
    std::string documents = R"([{"a":0})";
    for (int i = 1; i < 100; ++i) documents += R"(,{"a":)" + std::to_string(i * 37 % 100) + "}";
    documents += "]";
    EXPECT_EQ(run(R"([{"$sort": {"a": 1}}])", documents, small).documents, "292");
    EXPECT_EQ(run(R"([{"$sort": {"a": 1}}, {"$limit": 2}])", documents, small).documents, R"({"a":0} {"a":1})");
}

TEST(Pipeline, Unwind) {
    check({
        {R"([{"$unwind": "$a"}])", R"([{"x":1,"a":[1,[2]],"y":2},{"a":5},{"a":null},{"a":[]},{}])",
         R"({"x":1,"a":1,"y":2} {"x":1,"a":[2],"y":2} {"a":5})"},
        {R"([{"$unwind": {"path": "$a", "preserveNullAndEmptyArrays": true, "includeArrayIndex": "i"}}])",
         R"([{"a":["x","y"]},{"a":5},{"a":null},{"a":[]},{}])",
         R"({"a":"x","i":{"$numberLong":"0"}} {"a":"y","i":{"$numberLong":"1"}} {"a":5,"i":null} )"
         R"({"a":null,"i":null} {"i":null} {"i":null})"},
        {R"([{"$unwind": {"path": "$a.b", "includeArrayIndex": "a.i"}}])",
         R"([{"a":{"b":[7],"c":1}},{"a":[{"b":[1]}]}])", R"({"a":{"b":7,"c":1,"i":{"$numberLong":"0"}}})"},
        {R"([{"$unwind": {"path": "$a", "includeArrayIndex": "x.y"}}])", R"([{"a":[7],"x":5}])",
         R"({"a":7,"x":{"y":{"$numberLong":"0"}}})"},
        {R"([{"$unwind": {"path": "$a.b", "preserveNullAndEmptyArrays": true}}])", R"([{"a":{"b":[]}}])",
         R"({"a":{}})"},
        {R"([{"$unwind": 5}])", "[]", "15981"},
        {R"([{"$unwind": {"path": 5}}])", "[]", "28808"},
        {R"([{"$unwind": {}}])", "[]", "28812"},
        {R"([{"$unwind": "a"}])", "[]", "28818"},
        {R"([{"$unwind": "$"}])", "[]", "40352"},
        {R"([{"$unwind": {"path": "$a", "includeArrayIndex": "$i"}}])", "[]", "28822"},
        {R"([{"$unwind": {"path": "$a", "includeArrayIndex": 1}}])", "[]", "28810"},
        {R"([{"$unwind": {"path": "$a", "preserveNullAndEmptyArrays": 1}}])", "[]", "28809"},
        {R"([{"$unwind": {"path": "$a", "other": 1}}])", "[]", "28811"},
    });
}

TEST(Pipeline, Group) {
    check({
        {R"([{"$group": {"_id": "$k"}}])", R"([{"k":2},{"k":1},{"k":2.0},{},{"k":null}])",
         R"({"_id":2} {"_id":1} {"_id":null})"},
        {R"([{"$group": {"_id": {"x": "$k"}}}])", R"([{"k":null},{}])", R"({"_id":{"x":null}} {"_id":{}})"},
        {R"([{"$group": {"_id": null, "n": {"$sum": 1}, "all": {"$push": "$a"}}}])", R"([{"a":1},{},{"a":"x"}])",
         R"({"_id":null,"n":3,"all":[1,"x"]})"},
        {R"([{"$group": {"_id": null}}])", "[]", ""},
        {R"([{"$group": 5}])", "[]", "15947"},
        {R"([{"$group": {}}])", "[]", "15955"},
        {R"([{"$group": {"_id": {"a": 1}}}])", "[]", "17390"},
        {R"([{"$group": {"_id": 1, "a.b": {"$sum": 1}}}])", "[]", "40235"},
        {R"([{"$group": {"_id": 1, "$a": {"$sum": 1}}}])", "[]", "40236"},
        {R"([{"$group": {"_id": 1, "a": 1}}])", "[]", "40234"},
        {R"([{"$group": {"_id": 1, "a": {"$add": 1}}}])", "[]", "15952"},
        {R"([{"$sortByCount": "$k"}])", R"([{"k":"a"},{"k":"b"},{"k":"b"}])",
         R"({"_id":"b","count":2} {"_id":"a","count":1})"},
        {R"([{"$sortByCount": {"a": 1}}])", "[]", "40147"},
        {R"([{"$sortByCount": "a"}])", "[]", "40148"},
        {R"([{"$sortByCount": 5}])", "[]", "40149"},
    });
    Limits small;
    small.pipeline_bytes = 1000;
    std::string documents = R"([{"a":"x"})";
    for (int i = 0; i < 200; ++i) documents += R"(,{"a":"a text"})";
    documents += "]";
    EXPECT_EQ(run(R"([{"$group": {"_id": null, "all": {"$push": "$a"}}}])", documents, small).documents, "292");
    EXPECT_EQ(run(R"([{"$group": {"_id": "$a", "n": {"$sum": 1}}}])", documents, small).documents,
              R"({"_id":"x","n":1} {"_id":"a text","n":200})");
}

TEST(Pipeline, Documents) {
    check({
        {R"([{"$documents": [{"a": {"$literal": 5}}, {"b": 1}]}, {"$skip": 1}])", "[]", R"({"b":1})"},
        {R"([{"$documents": 5}])", "[]", "5858203"},
        {R"([{"$documents": [5]}])", "[]", "40228"},
    });
}

TEST(Pipeline, Sample) {
    const std::string documents = R"([{"a":1},{"a":2},{"a":3},{"a":4}])";
    EXPECT_EQ(run(R"([{"$sample": {"size": 9}}, {"$sort": {"a": 1}}])", documents).documents,
              R"({"a":1} {"a":2} {"a":3} {"a":4})");
    EXPECT_EQ(run(R"([{"$sample": {"size": 3}}, {"$count": "n"}])", documents).documents, R"({"n":3})");
    check({
        {R"([{"$sample": 5}])", "[]", "28745"},
        {R"([{"$sample": {"size": "3"}}])", "[]", "28746"},
        {R"([{"$sample": {"size": 0.5}}])", "[]", "28747"},
        {R"([{"$sample": {"size": 3, "x": 1}}])", "[]", "28748"},
        {R"([{"$sample": {}}])", "[]", "28749"},
    });
}

TEST(Pipeline, DeadlinesEndWhatMultiplies) {
    std::string stages = R"([{"$documents": [{"a": [1,2,3,4,5,6,7,8,9,10]}]})";
    std::string spec = R"({"p": )" + stages;
    // 10^12 documents come of one.
    for (int i = 0; i < 12; ++i) spec += R"(, {"$set": {"b": "$a"}}, {"$unwind": "$b"})";
    spec += R"(, {"$count": "n"}]})";
    const Document document = Document::from_json(spec);
    const StagePipeline pipeline = StagePipeline::parse(document["p"], Limits{});
    const Control control{.deadline = Control::within(std::chrono::milliseconds(20)), .stop = {}};
    const StreamPtr results = pipeline.open(nullptr, &control);
    View result;
    EXPECT_THROW(results->next(result), Error);
}

std::string joined(std::size_t times, const std::string& stages) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += ", " + stages;
    return all;
}

TEST(Pipeline, DocumentsBetweenStagesAreBounded) {
    Limits small;
    small.document_bytes = 1000;
    const std::string range = R"([{"$set": {"x": {"$range": [0, "$a"]}}})";
    const std::string small_again = R"(, {"$project": {"y": 1}}])";
    const std::string some = R"([{"y":1,"a":1200}])";
    EXPECT_EQ(run(range + small_again, some, small).documents, R"({"y":1})");
    EXPECT_EQ(run(range + "]", some, small).documents, "10334");
    EXPECT_EQ(run(range + small_again, R"([{"y":1,"a":2000}])", small).documents, "10334");
    EXPECT_EQ(run(range + R"(, {"$skip": 0})" + small_again, R"([{"a":2000}])", small).documents, "10334");
    const std::string grouped = R"([{"$group": {"_id": null, "all": {"$push": "$$ROOT"}}}, {"$count": "n"}])";
    std::string many = "[{}";
    for (int i = 0; i < 1000; ++i) many += R"(,{"a":"some text"})";
    EXPECT_EQ(run(grouped, many + "]", small).documents, "10334");
}

TEST(Pipeline, TheStreamsTogetherAreBounded) {
    Limits small;
    small.pipeline_bytes = 20'000;
    const std::string range = R"([{"$set": {"x": {"$range": [0, "$a"]}}})";
    const std::string set = R"({"$set": {"y": 0}})";
    const std::string small_again = R"(, {"$project": {"y": 1}}])";
    const std::string some = R"([{"a":1200},{"a":1100}])";
    const std::string expected = R"({"y":0} {"y":0})";
    EXPECT_EQ(run(range + joined(100, set) + small_again, some, small).documents, expected);
    EXPECT_EQ(run(range + joined(2, R"({"$skip": 0}, )" + set) + small_again, some, small).documents, expected);
    EXPECT_EQ(run(range + joined(20, R"({"$skip": 0}, )" + set) + small_again, some, small).documents, "292");
    EXPECT_EQ(
        run(range + joined(20, R"({"$unwind": {"path": "$a", "includeArrayIndex": "i"}})") + small_again, some, small)
            .documents,
        "292");
}

// A part of a document outlives the steps between.
TEST(Pipeline, JoinedTransforms) {
    check({
        {R"([{"$set": {"b": {"c": {"d": "$a"}}}}, {"$replaceWith": "$b"}, {"$replaceWith": "$c"}, {"$set": {"e": 1}},
             {"$unset": "x"}])",
         R"([{"a":"some text"},{"a":"other text"}])", R"({"d":"some text","e":1} {"d":"other text","e":1})"},
        {R"([{"$replaceWith": "$a"}, {"$replaceWith": "$a"}, {"$replaceWith": "$a"}])", R"([{"a":{"a":{"a":{}}}}])",
         "{}"},
    });
}

TEST(Pipeline, UnwindTakesTimeForEachElementOnce) {
    std::string spec = R"({"d": [{"x": 1, "a": {"b": [0)";
    constexpr int elements = 100'000;
    for (int i = 1; i < elements; ++i) spec += "," + std::to_string(i);
    spec += R"(], "c": 2}}], "p": [{"$unwind": {"path": "$a.b", "includeArrayIndex": "i"}}]})";
    const Document document = Document::from_json(spec);
    const StagePipeline pipeline = StagePipeline::parse(document["p"], Limits{});
    const Control control{.deadline = Control::within(std::chrono::seconds(5)), .stop = {}};
    std::size_t read = 0;
    const StreamPtr results = pipeline.open(std::make_unique<Given>(document["d"], read), &control);
    std::int64_t count = 0;
    std::string last;
    for (View result; results->next(result); ++count) last = count + 1 == elements ? to_json(result) : "";
    EXPECT_EQ(count, elements);
    EXPECT_EQ(last, R"({"x":1,"a":{"b":99999,"c":2},"i":{"$numberLong":"99999"}})");
}

TEST(Pipeline, TopSortsByTheFieldsOfTheDocument) {
    check({
        {R"([{"$group": {"_id": null, "t": {"$top": {"sortBy": {"_version": -1}, "output": "$n"}}}}])",
         R"([{"_version":1,"n":1},{"_version":2,"n":2}])", R"({"_id":null,"t":2})"},
        {R"([{"$group": {"_id": null, "t": {"$topN": {"n": 2, "sortBy": {"s": -1}, "output": "$n"}},
                         "b": {"$bottom": {"sortBy": {"s": -1}, "output": "$n"}}}}])",
         R"([{"s":"a","n":1},{"s":"a\u0000b","n":2},{"s":"a\u0000","n":3}])", R"({"_id":null,"t":[2,3],"b":1})"},
    });
}

// Asks for an end of the work while it is being read.
class Stopping final : public Stream {
public:
    explicit Stopping(std::size_t& read) : read_(read) {}
    bool next(View& document) override {
        if (++read_ == 3) stop.request_stop();
        document = empty_object();
        return read_ < 100;
    }
    std::stop_source stop;

private:
    std::size_t& read_;
};

TEST(Pipeline, StagesThatCollectWatchTheControl) {
    for (const char* const stage :
         {R"({"$group": {"_id": null}})", R"({"$sort": {"a": 1}})", R"({"$count": "n"})", R"({"$sample": {"size": 5}})",
          R"({"$sortByCount": "$a"})", R"({"$unwind": "$a"})", R"({"$skip": 0})", R"({"$set": {"a": 1}})"}) {
        const Document spec = Document::from_json(R"({"p": [)" + std::string(stage) + "]}");
        const StagePipeline pipeline = StagePipeline::parse(spec["p"], Limits{});
        std::size_t read = 0;
        auto source = std::make_unique<Stopping>(read);
        const Control control{.deadline = {}, .stop = source->stop.get_token()};
        const StreamPtr results = pipeline.open(std::move(source), &control);
        EXPECT_THROW(
            {
                for (View document; results->next(document);)
                    ;
            },
            Error)
            << stage;
        EXPECT_EQ(read, 3U) << stage;
    }
}

}  // namespace
}  // namespace sheaf::query
