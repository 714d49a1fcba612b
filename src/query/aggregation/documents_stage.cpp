#include <sheaf/error.hpp>

#include "query/aggregation/stage.hpp"
#include "query/expression/expression.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

class DocumentsStream final : public Stream {
public:
    DocumentsStream(const Expression& documents, const Limits& limits) : evaluation_(limits, empty_object()) {
        const View array = documents.evaluate(evaluation_);
        if (!array || !array.is_array()) {
            fail(Code::invalid_argument, 5858203, "$documents takes an array, not " + describe(array), {},
                 "$documents");
        }
        next_ = array.elements().begin();
    }
    bool next(View& document) override {
        if (next_ == nullptr) return false;
        document = *next_;
        if (!document.is_object()) {
            fail(Code::invalid_argument, 40228, "$documents takes objects, not " + describe(document), {},
                 "$documents");
        }
        ++next_;
        return true;
    }

private:
    Evaluation evaluation_;
    ElementRange::iterator next_;
};

class DocumentsStage final : public Stage {
public:
    DocumentsStage(ExpressionPtr documents, const Limits& limits) : documents_(std::move(documents)), limits_(limits) {}
    StreamPtr open(StreamPtr) const override { return std::make_unique<DocumentsStream>(*documents_, limits_); }

private:
    ExpressionPtr documents_;
    const Limits& limits_;
};

}  // namespace

StagePtr parse_documents(View spec, const Settings& settings) {
    return std::make_unique<DocumentsStage>(ExpressionParser(settings).parse(spec), settings.limits);
}

}  // namespace sheaf::query
