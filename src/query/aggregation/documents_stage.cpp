#include <sheaf/error.hpp>

#include "query/aggregation/stage.hpp"
#include "query/expression/expression.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

class DocumentsStream final : public Stream {
public:
    DocumentsStream(const Expression& documents, const Workspace& workspace)
        : evaluation_(workspace.limits(), empty_object()) {
        evaluation_.set_control(workspace.control());
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
    explicit DocumentsStage(ExpressionPtr documents) : documents_(std::move(documents)) {}
    StreamPtr open(StreamPtr, Workspace& workspace) const override {
        return std::make_unique<DocumentsStream>(*documents_, workspace);
    }

private:
    ExpressionPtr documents_;
};

}  // namespace

StagePtr parse_documents(View spec, const Settings& settings) {
    return std::make_unique<DocumentsStage>(ExpressionParser(settings).parse(spec));
}

}  // namespace sheaf::query
