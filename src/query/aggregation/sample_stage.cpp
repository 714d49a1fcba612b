// $sample: some of the documents, each as likely as any other.
#include <array>
#include <cmath>
#include <string>

#include <sheaf/error.hpp>

#include "base/clock.hpp"
#include "query/aggregation/held_documents.hpp"
#include "query/aggregation/stage.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

// The documents with the smallest of random keys.
class SampleStream final : public Stream {
public:
    SampleStream(StreamPtr source, std::uint64_t size, const Workspace& workspace)
        : source_(std::move(source)),
          workspace_(workspace),
          random_(system_random()),
          held_("$sample", size, workspace.limits()) {}
    bool next(View& document) override {
        if (source_ != nullptr) {
            while (source_->next(document)) {
                workspace_.check();
                held_.add(random_key(), document);
            }
            source_.reset();
            held_.sort();
        }
        return held_.next(document);
    }

private:
    Bytes random_key() {
        std::array<unsigned char, 8> bytes{};
        random_->fill(bytes);
        return {bytes.begin(), bytes.end()};
    }

    StreamPtr source_;  // null when all is held
    const Workspace& workspace_;
    std::shared_ptr<Random> random_;
    HeldDocuments held_;
};

class SampleStage final : public Stage {
public:
    explicit SampleStage(std::uint64_t size) : size_(size) {}
    StreamPtr open(StreamPtr source, Workspace& workspace) const override {
        return std::make_unique<SampleStream>(std::move(source), size_, workspace);
    }

private:
    std::uint64_t size_;
};

}  // namespace

StagePtr parse_sample(View spec, const Settings&) {
    const auto refuse = [](int mongo, const std::string& what) {
        fail(Code::invalid_argument, mongo, "$sample takes {\"size\": number}, " + what, {}, "$sample");
    };
    if (!spec.is_object()) refuse(28745, "not " + describe(spec));
    for (const auto& [key, value] : spec.members()) {
        if (key != "size") refuse(28748, "not " + std::string(key));
    }
    const View size = spec["size"];
    if (!size) refuse(28749, "and the size is missing");
    if (!size.is_number()) refuse(28746, "not " + describe(size));
    constexpr double most = 9223372036854775807.0;
    if (!(size.number() >= 1)) refuse(28747, "where the size is above 0");
    const double number = std::min(size.number(), most);
    return std::make_unique<SampleStage>(static_cast<std::uint64_t>(number));
}

}  // namespace sheaf::query
