// $sort, and $sortByCount, which is a $group and a $sort.
#include <string>

#include <sheaf/error.hpp>

#include "document/encoder.hpp"
#include "query/aggregation/held_documents.hpp"
#include "query/aggregation/stage.hpp"
#include "query/operand.hpp"
#include "query/sort.hpp"

namespace sheaf::query {

namespace {

class SortStream final : public Stream {
public:
    SortStream(StreamPtr source, const Sort& sort, Wanted wanted, const Workspace& workspace)
        : source_(std::move(source)), workspace_(workspace), sort_(sort), held_("$sort", wanted, workspace.limits()) {}
    bool next(View& document) override {
        if (source_ != nullptr) {
            while (source_->next(document)) {
                workspace_.check();
                held_.add(sort_.key({document, {}}), document);
            }
            source_.reset();
            held_.sort();
        }
        return held_.next(document);
    }

private:
    StreamPtr source_;  // null when all is held
    const Workspace& workspace_;
    const Sort& sort_;
    HeldDocuments held_;
};

class SortStage final : public Stage {
public:
    explicit SortStage(Sort sort) : sort_(std::move(sort)) {}
    StreamPtr open(StreamPtr source, Workspace& workspace) const override {
        return std::make_unique<SortStream>(std::move(source), sort_, wanted_, workspace);
    }
    Wanted bound(Wanted wanted) override {
        wanted_ = wanted;
        return std::nullopt;
    }

private:
    Sort sort_;
    Wanted wanted_;
};

class SortByCount final : public Stage {
public:
    SortByCount(View expression, const Settings& settings) {
        Encoder group(group_);
        group.begin_object(2);
        group.key("_id");
        group.raw(expression.encoded());
        group.key("count");
        group.begin_object(1);
        group.key("$sum");
        group.integer(1);
        Encoder sort(sort_);
        sort.begin_object(1);
        sort.key("count");
        sort.integer(-1);
        group_stage_ = parse_group(View(group_), settings);
        sort_stage_ = parse_sort(View(sort_), settings);
    }
    StreamPtr open(StreamPtr source, Workspace& workspace) const override {
        return sort_stage_->open(group_stage_->open(std::move(source), workspace), workspace);
    }
    Wanted bound(Wanted wanted) override { return sort_stage_->bound(wanted); }

private:
    Bytes group_;  // the stages borrow from these
    Bytes sort_;
    StagePtr group_stage_;
    StagePtr sort_stage_;
};

}  // namespace

StagePtr parse_sort(View spec, const Settings& settings) {
    if (!spec.is_object()) {
        fail(Code::invalid_sort, 15973, "$sort takes an object, not " + describe(spec), {}, "$sort");
    }
    if (spec.size() == 0) fail(Code::invalid_sort, 15976, "$sort takes at least one field", {}, "$sort");
    return std::make_unique<SortStage>(Sort::parse(Document::from_trusted(Bytes(spec.encoded())), settings));
}

StagePtr parse_sort_by_count(View spec, const Settings& settings) {
    const auto refuse = [](int mongo, const std::string& what) {
        fail(Code::invalid_argument, mongo, "$sortByCount takes a path such as \"$a\" or an operator, " + what, {},
             "$sortByCount");
    };
    if (spec.is_object()) {
        if (spec.size() != 1 || !is_operator((*spec.members().begin()).key)) refuse(40147, "not any object");
    } else if (spec.type() == Type::string) {
        if (!is_operator(spec.string())) refuse(40148, "not " + describe(spec));
    } else {
        refuse(40149, "not " + describe(spec));
    }
    return std::make_unique<SortByCount>(spec, settings);
}

}  // namespace sheaf::query
