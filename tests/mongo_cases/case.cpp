#include "mongo_cases/case.hpp"

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

namespace sheaf::mongo_cases {

namespace {

// The lines name the database and the collection by these; each case has a store of its own, so fixed names do.
constexpr std::pair<std::string_view, std::string_view> placeholders[] = {{"%DB%", "cases"}, {"%COLL%", "things"}};

std::string filled_in(std::string_view line) {
    std::string text(line);
    for (const auto& [placeholder, name] : placeholders) {
        for (std::size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos; at += name.size()) {
            text.replace(at, placeholder.size(), name);
        }
    }
    return text;
}

Document document(View object) {
    return Document::from_trusted(Bytes(object.encoded()));
}

bool flag(View object, std::string_view key) {
    const View value = object[key];
    return value && value.type() == Type::boolean && value.boolean();
}

Assertion parse_assertion(View recorded) {
    Assertion assertion{.kind = std::string(recorded["kind"].string()), .holder = document(recorded)};
    for (const std::string_view key : {"error_code", "expected_code"}) {
        const View code = recorded[key];
        if (code && !code.is_null()) assertion.error_code = code.integer();
    }
    assertion.raw_reply = flag(recorded, "raw_res") || assertion.kind == "assertSuccessPartial";
    assertion.ignore_document_order = flag(recorded, "ignore_doc_order");
    const View fields = recorded["ignore_order_in"];
    if (fields && fields.is_array()) {
        for (const View field : fields.elements()) assertion.ignore_order_in.emplace_back(field.string());
    }
    return assertion;
}

}  // namespace

Case parse_case(std::string_view line) {
    const Document whole = Document::from_json(filled_in(line), {.depth = 400});
    Case parsed{.id = id_of_line(line),
                .area = std::string(whole["area"].string()),
                .tier = static_cast<int>(whole["tier"].integer())};
    for (const View command : whole["commands"].elements()) parsed.commands.push_back(document(command));
    parsed.assertion = parse_assertion(whole["assert"]);
    return parsed;
}

std::string Case::command_name() const {
    if (commands.empty() || commands.back().empty()) return {};
    return std::string((*commands.back().view().members().begin()).key);
}

std::string id_of_line(std::string_view line) {
    constexpr std::string_view before = R"({"id":)";
    if (!line.starts_with(before)) throw Error(Code::invalid_json, "a case that does not begin with its id");
    std::size_t end = before.size() + 1;
    while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2U : 1U;
    const std::string_view quoted = line.substr(before.size(), end + 1 - before.size());
    return value_from_json(quoted).as_string();
}

}  // namespace sheaf::mongo_cases
