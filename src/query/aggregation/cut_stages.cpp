// $limit, $skip and $count: stages that look at no document.
#include <algorithm>
#include <string>

#include <sheaf/error.hpp>

#include "query/aggregation/stage.hpp"
#include "query/expression/scratch.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// A whole number that is not negative and fits a long.
std::uint64_t parse_number(View spec, std::string_view stage, int mongo) {
    constexpr double too_large = 9223372036854775808.0;
    if (spec.type() == Type::integer && spec.integer() >= 0) return static_cast<std::uint64_t>(spec.integer());
    if (spec.type() == Type::number && spec.number() >= 0 && spec.number() < too_large) {
        const auto whole = static_cast<std::uint64_t>(spec.number());
        if (static_cast<double>(whole) == spec.number()) return whole;
    }
    fail(Code::invalid_argument, mongo,
         std::string(stage) + " takes a whole number that is not negative, not " + describe(spec), {}, stage);
}

class CutStream final : public Stream {
public:
    CutStream(StreamPtr source, std::uint64_t skip, Wanted limit)
        : source_(std::move(source)), skip_(skip), limit_(limit) {}
    bool next(View& document) override {
        if (limit_ == 0) return false;
        for (; skip_ > 0; --skip_) {
            if (!source_->next(document)) return false;
        }
        if (limit_) --*limit_;
        return source_->next(document);
    }

private:
    StreamPtr source_;
    std::uint64_t skip_;
    Wanted limit_;
};

class LimitStage final : public Stage {
public:
    explicit LimitStage(std::uint64_t limit) : limit_(limit) {}
    StreamPtr open(StreamPtr source, Workspace&) const override {
        return std::make_unique<CutStream>(std::move(source), 0, limit_);
    }
    Wanted bound(Wanted wanted) override { return std::min(wanted.value_or(limit_), limit_); }

private:
    std::uint64_t limit_;
};

class SkipStage final : public Stage {
public:
    explicit SkipStage(std::uint64_t skip) : skip_(skip) {}
    StreamPtr open(StreamPtr source, Workspace&) const override {
        return std::make_unique<CutStream>(std::move(source), skip_, std::nullopt);
    }
    // Both are below 2^63.
    Wanted bound(Wanted wanted) override {
        return wanted && *wanted < INT64_MAX ? Wanted(*wanted + skip_) : std::nullopt;
    }

private:
    std::uint64_t skip_;
};

class CountStream final : public Stream {
public:
    CountStream(StreamPtr source, std::string_view name, const Workspace& workspace)
        : source_(std::move(source)), name_(name), workspace_(workspace), scratch_(SIZE_MAX) {}
    bool next(View& document) override {
        if (done_) return false;
        done_ = true;
        std::int64_t count = 0;
        for (; source_->next(document); ++count) workspace_.check();
        if (count == 0) return false;
        const MemberView member{name_, scratch_.integer(count)};
        document = scratch_.object({&member, 1});
        return true;
    }

private:
    StreamPtr source_;
    std::string_view name_;
    const Workspace& workspace_;
    Scratch scratch_;
    bool done_ = false;
};

class CountStage final : public Stage {
public:
    explicit CountStage(std::string_view name) : name_(name) {}
    StreamPtr open(StreamPtr source, Workspace& workspace) const override {
        return std::make_unique<CountStream>(std::move(source), name_, workspace);
    }

private:
    std::string_view name_;
};

}  // namespace

StagePtr parse_limit(View spec, const Settings&) {
    const std::uint64_t limit = parse_number(spec, "$limit", 5107201);
    if (limit == 0) fail(Code::invalid_argument, 15958, "$limit takes a number above 0", {}, "$limit");
    return std::make_unique<LimitStage>(limit);
}

StagePtr parse_skip(View spec, const Settings&) {
    return std::make_unique<SkipStage>(parse_number(spec, "$skip", 5107200));
}

StagePtr parse_count(View spec, const Settings&) {
    const auto refuse = [](int mongo, std::string_view message) {
        fail(Code::invalid_argument, mongo, "$count takes the name of a field, " + std::string(message), {}, "$count");
    };
    if (spec.type() != Type::string) refuse(40156, "not " + describe(spec));
    const std::string_view name = spec.string();
    if (name.empty()) refuse(40157, "which is not empty");
    if (is_operator(name)) refuse(40158, "which does not begin with $");
    if (name.find('\0') != std::string_view::npos) refuse(40159, "without null bytes");
    if (name.find('.') != std::string_view::npos) refuse(40160, "without dots");
    if (name == "_id") refuse(9039800, "which is not _id");
    return std::make_unique<CountStage>(name);
}

}  // namespace sheaf::query
