#include "mongo_cases/replay.hpp"

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>
#include <sheaf/open.hpp>

#include "mongo_cases/compare.hpp"

namespace sheaf::mongo_cases {

namespace {

// The number of the error that a reply reports: of the command, of its first write, or of the first failed operation of
// a bulkWrite. Nothing: the command has succeeded.
std::optional<std::int64_t> error_of(const Document& reply) {
    if (reply["ok"].number() == 0) return reply["code"].integer();
    const View writes = reply["writeErrors"];
    if (writes && writes.size() > 0) return (*writes.elements().begin())["code"].integer();
    const View failed = reply["nErrors"];
    if (!failed || failed.integer() == 0) return std::nullopt;
    for (const View result : reply.at("cursor.firstBatch").elements()) {
        if (result["code"]) return result["code"].integer();
    }
    return std::nullopt;
}

std::string text(std::optional<std::int64_t> code) {
    return code ? "error " + std::to_string(*code) : "success";
}

bool is_expected(const Assertion& assertion, const Document& reply) {
    const Comparison comparison{.partial = assertion.kind == "assertSuccessPartial",
                                .ignore_document_order = assertion.ignore_document_order,
                                .ignore_order_in = assertion.ignore_order_in};
    const View expected = assertion.expected();
    if (assertion.raw_reply || expected.is_object()) return same(expected, reply.view(), comparison);
    return same(expected, reply.at("cursor.firstBatch"), comparison);
}

void judge(Verdict& verdict, const Assertion& assertion) {
    if (verdict.replies.empty()) {
        verdict.why = "no command was recorded";
        return;
    }
    const Document& reply = verdict.replies.back();
    const auto error = error_of(reply);
    if (assertion.error_code || assertion.kind == "assertNotError") {
        verdict.passed = error == assertion.error_code;
        if (!verdict.passed) verdict.why = text(assertion.error_code) + " expected, got " + text(error);
        return;
    }
    const bool may_report_errors = assertion.raw_reply && reply["ok"].number() != 0;
    if (error && !may_report_errors) {
        verdict.why = "success expected, got " + text(error);
        return;
    }
    verdict.passed = is_expected(assertion, reply);
    if (!verdict.passed) verdict.why = "another answer";
}

}  // namespace

Stage::Stage(const std::string& backend) : place_(backend) {}

Verdict Stage::replay(const Case& recorded) {
    if (!database_) database_ = open(place_.url());
    Verdict verdict;
    try {
        for (const Document& command : recorded.commands) verdict.replies.push_back(database_->run_command(command));
        judge(verdict, recorded.assertion);
    } catch (const std::exception& error) {
        verdict.why = std::string("run_command threw ") + error.what();
    }
    if (place_.is_lasting()) {
        clear();
    } else {
        database_.reset();
    }
    return verdict;
}

void Stage::clear() {
    database_->run_in_transaction([](Transaction& tx) {
        for (const std::string& name : tx.list_collections()) tx.drop_collection(name);
    });
}

}  // namespace sheaf::mongo_cases
