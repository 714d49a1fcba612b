// $group: documents with an equal _id become one.
#include <string>
#include <unordered_map>

#include <sheaf/error.hpp>

#include "document/key.hpp"
#include "query/aggregation/stage.hpp"
#include "query/expression/accumulators/accumulator.hpp"
#include "query/operand.hpp"
#include "query/projection/transform.hpp"

namespace sheaf::query {

namespace {

constexpr std::string_view op = "$group";
constexpr std::size_t accumulator_bytes = 64;  // about what one takes beside what it holds

struct GroupField {
    std::string_view name;
    Accumulation accumulation;
};

struct GroupStage final : public Stage {
    StreamPtr open(StreamPtr source, Workspace& workspace) const override;

    ExpressionPtr id;
    std::vector<GroupField> fields;
};

struct Group {
    Bytes id;  // of the first document
    std::vector<AccumulatorPtr> accumulators;
};

// Groups come out in the order of their first documents.
class GroupStream final : public Stream {
public:
    GroupStream(StreamPtr source, const GroupStage& stage, const Workspace& workspace)
        : source_(std::move(source)),
          stage_(stage),
          workspace_(workspace),
          evaluation_(workspace.limits(), View()),
          begun_(workspace.limits(), View()) {
        evaluation_.set_control(workspace.control());
        begun_.set_control(workspace.control());
    }

    bool next(View& document) override {
        if (source_ != nullptr) collect();
        if (next_ == groups_.size()) return false;
        document = result(groups_[next_++]);
        return true;
    }

private:
    void collect() {
        for (View document; source_->next(document);) {
            workspace_.check();
            evaluation_.restart(document);
            Group& group = groups_[find_group()];
            for (std::size_t i = 0; i < stage_.fields.size(); ++i) {
                Accumulator& accumulator = *group.accumulators[i];
                const std::size_t before = accumulator.memory();
                accumulator.add(stage_.fields[i].accumulation.input(evaluation_));
                count(accumulator.memory() - before);
            }
        }
        source_.reset();
        places_.clear();
    }

    // The order-preserving key is equal for equal values, such as 5 and 5.0. A missing _id is null.
    std::size_t find_group() {
        View id = stage_.id->evaluate(evaluation_);
        if (!id) id = null_value();
        key_.clear();
        append_key(key_, id);
        const auto [place, inserted] = places_.try_emplace(key_, groups_.size());
        if (!inserted) return place->second;
        Group group{Bytes(id.encoded()), {}};
        begun_.restart(id.is_object() ? View(group.id) : empty_object());
        std::size_t size = sizeof(Group) + 2 * (sizeof(Bytes) + sizeof(void*)) + key_.size() + group.id.size();
        for (const GroupField& field : stage_.fields) {
            group.accumulators.push_back(field.accumulation.begin(begun_));
            size += accumulator_bytes + group.accumulators.back()->memory();
        }
        count(size);
        groups_.push_back(std::move(group));
        return place->second;
    }

    // Accumulators may also let go of memory; the sum wraps back.
    void count(std::size_t bytes) {
        held_ += bytes;
        if (held_ <= workspace_.limits().pipeline_bytes) return;
        fail(Code::limit_exceeded, 292,
             "$group holds more than " + std::to_string(workspace_.limits().pipeline_bytes) +
                 " bytes; put a $match or $project before it, or group by fewer values",
             {}, op);
    }

    View result(Group& group) {
        group_ = std::move(group);  // its memory ends with the next result
        evaluation_.restart(View());
        Scratch& scratch = evaluation_.scratch();
        std::vector<MemberView> members{{"_id", View(group_.id)}};
        for (std::size_t i = 0; i < stage_.fields.size(); ++i) {
            members.push_back({stage_.fields[i].name, group_.accumulators[i]->result(scratch)});
        }
        const View document = scratch.object(members);
        check_depth(document, workspace_.limits());
        workspace_.check_between(document);
        return document;
    }

    StreamPtr source_;  // null when all is collected
    const GroupStage& stage_;
    const Workspace& workspace_;
    Evaluation evaluation_;
    Evaluation begun_;  // of what a new group's accumulators are made of
    std::unordered_map<Bytes, std::size_t> places_;
    std::vector<Group> groups_;
    Group group_;
    std::size_t next_ = 0;
    std::size_t held_ = 0;
    Bytes key_;
};

StreamPtr GroupStage::open(StreamPtr source, Workspace& workspace) const {
    return std::make_unique<GroupStream>(std::move(source), *this, workspace);
}

// {"_id": {"a": 1}} would be an inclusion elsewhere, so that it is refused here.
void check_id(View id) {
    if (!id.is_object() || id.size() == 0 || is_operator((*id.members().begin()).key)) return;
    for (const auto& [key, value] : id.members()) {
        if (!value.is_number() && value.type() != Type::boolean) continue;
        fail(Code::invalid_argument, 17390, "$group's _id does not include fields: " + std::string(key), "_id", op);
    }
}

}  // namespace

StagePtr parse_group(View spec, const Settings& settings) {
    if (!spec.is_object()) {
        fail(Code::invalid_argument, 15947, "$group takes an object, not " + describe(spec), {}, op);
    }
    auto stage = std::make_unique<GroupStage>();
    ExpressionParser parser(settings);
    for (const auto& [name, value] : spec.members()) {
        if (name == "_id") {
            check_id(value);
            stage->id = parser.parse(value);
            continue;
        }
        if (name.find('.') != std::string_view::npos) {
            fail(Code::invalid_argument, 40235, "a field of $group has no dot: " + std::string(name), name, op);
        }
        if (is_operator(name)) {
            fail(Code::invalid_argument, 40236, "a field of $group does not begin with $: " + std::string(name), name,
                 op);
        }
        stage->fields.push_back({name, Accumulation::parse(value, parser)});
    }
    if (stage->id == nullptr) fail(Code::invalid_argument, 15955, "$group lacks an _id", "_id", op);
    return stage;
}

}  // namespace sheaf::query
