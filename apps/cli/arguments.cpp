#include "arguments.hpp"

#include <charconv>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "failure.hpp"

namespace sheaf::cli {

Document document_argument(std::string_view name, const std::string& text) {
    try {
        return Document::from_json(text);
    } catch (const Error& error) {
        throw error.with_context("in " + std::string(name) + ": ");
    }
}

Pipeline pipeline_argument(std::string_view name, const std::string& text) {
    try {
        return Pipeline::from_json(text);
    } catch (const Error& error) {
        throw error.with_context("in " + std::string(name) + ": ");
    }
}

std::vector<Document> documents_argument(std::string_view name, const std::string& text) {
    std::vector<Document> documents;
    const Pipeline objects = pipeline_argument(name, text);
    for (const View object : objects.view().elements()) {
        documents.push_back(Document::from_trusted(Bytes(object.encoded())));
    }
    return documents;
}

Value id_argument(const std::string& text) {
    try {
        Value value = value_from_json(text);
        if (!value.is_array() && !value.is_object()) return value;
    } catch (const Error&) {
        // Not JSON: a plain string, such as a UUID.
    }
    return Value(text);
}

ExpectedVersion expected_version_argument(const std::optional<std::string>& text) {
    if (!text) return ExpectedVersion::any();
    if (*text == "exists") return ExpectedVersion::exists();
    if (*text == "absent") return ExpectedVersion::absent();
    std::int64_t version = 0;
    const char* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, version);
    if (error != std::errc() || stop != end || version < 1) {
        throw UsageError("--expect-version: \"" + *text + "\" is not a version (1, 2, ...), exists or absent");
    }
    return ExpectedVersion::exactly(version);
}

}  // namespace sheaf::cli
