#include "fuzz/target.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>
#include <sheaf/open.hpp>

#include "document/encoder.hpp"
#include "query/aggregation/pipeline.hpp"
#include "query/expression/expression.hpp"
#include "query/filter/filter.hpp"
#include "query/projection/projection.hpp"
#include "query/sort.hpp"
#include "query/update/update.hpp"

namespace sheaf::fuzz {

namespace {

using Documents = std::vector<Document>;
constexpr std::chrono::seconds too_long{20};  // for one input, under sanitizers and on a busy machine

const query::Settings& settings() {
    static const query::Bindings bindings{.now = DateTime{1'700'000'000'000}};
    static const query::Settings made(limits(), &bindings);
    return made;
}

const Documents& usual_documents() {
    static const Documents documents = {
        R"({"_id": 1, "a": 1, "b": "text", "c": [1, 2, 3], "d": {"x": 1, "y": null},
            "date": {"$date": 1700000000000}})"_json,
        R"({"_id": 2, "a": null, "c": [{"x": 1}, {"x": [2, 3]}, 4], "d": [[1], []],
            "v": {"$binary": {"base64": "AQ==", "subType": "00"}}})"_json,
        R"({"_id": "3", "a": {"$numberDouble": "NaN"}, "b": 9007199254740993, "x": true, "value": [],
            "item": {"k": -0.0}})"_json,
        Document(),
    };
    return documents;
}

[[noreturn]] void violate(const std::string& what) {
    throw Violation(what);
}

// Bytes that sheaf has made: they must be what it makes of them again.
void check_encoding(View value) {
    const Bytes bytes(value.encoded());
    try {
        const Bytes again = value.is_object() ? Document::from_cbor(bytes).cbor() : encode(value.to_value());
        if (again != bytes) violate("encoded anew it differs: " + to_json(value));
    } catch (const Error& error) {
        violate("what was made is no document: " + std::string(error.what()));
    }
}

// Runs and reports whether it was refused; a complaint about damage is no refusal.
template <typename Function>
bool completes(const Function& function) {
    try {
        function();
        return true;
    } catch (const Error& error) {
        for (const Code code : {Code::corrupt, Code::internal, Code::io}) {
            if (error.code() == code) violate("it fails with " + std::string(error.what()));
        }
        return false;
    }
}

query::Subject subject(const Document& document) {
    return {document.view(), {.version = {1}, .created = DateTime{0}, .updated = DateTime{1}}};
}

// Whether it may answer differently each time.
bool draws_lots(View operand) {
    return operand.encoded().find("$rand") != BytesView::npos || operand.encoded().find("$sample") != BytesView::npos;
}

void play_filter(View operand, const Documents& documents) {
    const auto filter = query::Filter::parse(operand, settings());
    std::optional<query::Filter> negated;
    const Value double_negation =
        Value::object({{"$nor", Value::array({Value::object({{"$nor", Value::array({operand.to_value()})}})})}});
    const Document negation(double_negation.as_object());
    completes([&] { negated.emplace(query::Filter::parse(negation, settings())); });  // may be too deep
    for (const Document& one : documents) {
        std::optional<bool> matches;
        completes([&] {
            matches = filter.matches(subject(one));
            if (*matches) filter.matched_index(subject(one));
        });
        if (!matches || !negated || draws_lots(operand)) continue;
        completes([&] {
            if (negated->matches(subject(one)) != *matches) violate("not not: another answer on " + one.to_json());
        });
    }
}

// Whether all its operators say what a document is to be rather than what to do to it.
bool is_idempotent(View update) {
    constexpr std::array operators = {"$set", "$unset", "$min", "$max", "$pullAll", "$setOnInsert"};
    if (!update.is_object()) return false;
    for (const auto& [name, operand] : update.members()) {
        if (std::find(operators.begin(), operators.end(), name) == operators.end()) return false;
    }
    return true;
}

void play_update(View operand, const Documents& documents) {
    const auto update = query::Update::parse(operand, settings());
    for (const Document& one : documents) {
        completes([&] {
            const auto changed = update.apply(one, limits(), 0);
            if (!changed) return;
            check_encoding(changed->view());
            if (*changed == one) violate("a change that changes nothing");
            Document::from_cbor(changed->cbor(), limits());
            if (!is_idempotent(operand)) return;
            const auto again = update.apply(*changed, limits(), 0);
            if (again) violate("twice differs from once: " + changed->to_json() + ", " + again->to_json());
        });
    }
    completes([&] { check_encoding(update.upserted(query::Filter(), limits()).view()); });
}

void play_projection(View operand, const Documents& documents) {
    const Document document = Document::from_trusted(Bytes(operand.encoded()));
    const auto projection = query::Projection::parse(document, settings());
    for (const Document& one : documents) {
        completes([&] {
            const Document made = projection.apply(one.view(), 0);
            check_encoding(made.view());
            if (!draws_lots(operand) && projection.apply(one.view(), 0) != made) violate("twice differs from once");
        });
    }
}

void play_sort(View operand, const Documents& documents) {
    const Document document = Document::from_trusted(Bytes(operand.encoded()));
    const auto sort = query::Sort::parse(document, limits());
    for (const Document& one : documents) {
        completes([&] {
            if (sort.key(subject(one)) != sort.key(subject(one))) violate("twice differs from once");
        });
    }
}

void play_expression(View operand, const Documents& documents) {
    query::ExpressionParser parser(settings());
    const auto expression = parser.parse(operand);
    for (const Document& one : documents) {
        completes([&] {
            query::Evaluation evaluation(limits(), one.view());
            const View made = expression->evaluate(evaluation);
            if (made) check_encoding(made);
            if (evaluation.scratch().used() > limits().expression_bytes) violate("more memory than it may have");
        });
    }
}

class Source final : public query::Stream {
public:
    explicit Source(const Documents& documents) : documents_(documents) {}
    bool next(View& document) override {
        if (next_ == documents_.size()) return false;
        document = documents_[next_++].view();
        return true;
    }

private:
    const Documents& documents_;
    std::size_t next_ = 0;
};

void play_pipeline(View operand, const Documents& documents) {
    const auto pipeline = query::StagePipeline::parse(operand, settings());
    const Control control{.deadline = Control::within(too_long / 2)};
    completes([&] {
        const auto stream =
            pipeline.open(pipeline.brings_documents() ? nullptr : std::make_unique<Source>(documents), &control);
        std::size_t most = 5'000;  // several $unwind multiply
        for (View made; most > 0 && stream->next(made); --most) check_encoding(made);
    });
}

void play_command(View operand, const Documents& documents) {
    static Database database = open("memory:", {.limits = limits()});
    const Control control{.deadline = Control::within(too_long / 2)};
    for (const std::string& name : database.list_collections()) database.drop_collection(name);
    Documents kept = documents;
    if (&documents != &usual_documents()) {
        completes([&] { database.collection("c").insert_many(kept); });
    } else {
        database.collection("c").insert_many(kept);
    }
    const Document reply = database.run_command(Document::from_trusted(Bytes(operand.encoded())), control);
    check_encoding(reply.view());
    if (!reply["ok"].is_number()) violate("a reply without \"ok\": " + reply.to_json());
}

void play_document(View operand, const Documents&) {
    const Document document = Document::from_trusted(Bytes(operand.encoded()));
    check_encoding(document.view());
    for (const JsonMode mode : {JsonMode::canonical, JsonMode::relaxed}) {
        const std::string text = to_json(document.view(), {.mode = mode});
        std::optional<Document> again;
        completes([&] { again = Document::from_json(text); });
        const bool keeps_types = mode == JsonMode::canonical;
        if (again && (keeps_types ? *again != document : again->to_json() != text)) violate("as JSON it is another");
    }
    if (document.to_object() != Document(document.to_object()).to_object()) violate("as a tree it is another");
}

using Play = void (*)(View operand, const Documents& documents);
struct Kind {
    std::string_view name;
    Play play;
    bool takes_objects_only;
};
constexpr std::array<Kind, 8> kinds = {{
    {"filter", play_filter, true},
    {"update", play_update, false},
    {"projection", play_projection, true},
    {"sort", play_sort, true},
    {"expression", play_expression, false},
    {"pipeline", play_pipeline, false},
    {"command", play_command, true},
    {"document", play_document, true},
}};

std::string_view take_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

struct Input {
    const Kind* kind = nullptr;
    Bytes operand{};
    Documents documents{};
};

Input read(std::string_view text) {
    constexpr std::string_view binary = ":cbor";
    std::string_view name = take_line(text);
    const bool is_cbor = name.ends_with(binary);
    if (is_cbor) name.remove_suffix(binary.size());
    Input input;
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& one) { return one.name == name; });
    if (found == kinds.end()) return input;
    completes([&] {
        input.operand = is_cbor ? Document::from_cbor(text, limits()).cbor() : json_to_cbor(take_line(text), limits());
        while (!is_cbor && !text.empty()) input.documents.push_back(Document::from_json(take_line(text), limits()));
        const View operand(input.operand);
        if (operand.is_object() || (!found->takes_objects_only && operand)) input.kind = &*found;
    });
    return input;
}

}  // namespace

const Limits& limits() {
    static const Limits small{.document_bytes = 20'000,
                              .json_bytes = 100'000,
                              .depth = 30,
                              .id_bytes = 200,
                              .filter_bytes = 20'000,
                              .filter_depth = 20,
                              .regex_bytes = 500,
                              .regex_steps = 10'000,
                              .expression_bytes = 500'000,
                              .expression_steps = 50'000,
                              .pipeline_bytes = 500'000,
                              .pipeline_stages = 20,
                              .path_parts = 20,
                              .array_growth = 100,
                              .sort_bytes = 500'000,
                              .batch_documents = 100,
                              .batch_bytes = 200'000};
    return small;
}

Outcome play(std::string_view input) {
    const auto start = std::chrono::steady_clock::now();
    const Input read_input = read(input);
    if (read_input.kind == nullptr) return Outcome::not_understood;
    const Documents& documents = read_input.documents.empty() ? usual_documents() : read_input.documents;
    const bool done = completes([&] { read_input.kind->play(View(read_input.operand), documents); });
    if (std::chrono::steady_clock::now() - start > too_long) violate("it takes too long");
    return done ? Outcome::done : Outcome::refused;
}

}  // namespace sheaf::fuzz
