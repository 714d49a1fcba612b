#include <sheaf/pipeline.hpp>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/encoder.hpp"

namespace sheaf {

Pipeline::Pipeline() : Pipeline(std::vector<Document>()) {}

Pipeline::Pipeline(const std::vector<Document>& stages) {
    Encoder out(bytes_);
    out.begin_array(stages.size());
    for (const Document& stage : stages) out.raw(stage.cbor());
}

Pipeline Pipeline::from_json(std::string_view text, const Limits& limits) {
    Pipeline pipeline;
    pipeline.bytes_ = json_to_cbor(text, limits);
    const View stages = pipeline.view();
    if (!stages.is_array()) throw Error(Code::invalid_argument, "a pipeline is an array of stages, [{...}, ...]");
    for (const View stage : stages.elements()) {
        if (!stage.is_object())
            throw Error(Code::invalid_argument, "a stage of a pipeline is an object, {\"$match\": ...}");
    }
    return pipeline;
}

inline namespace literals {
Pipeline operator""_pipeline(const char* text, std::size_t size) {
    return Pipeline::from_json(std::string_view(text, size));
}
}  // namespace literals

}  // namespace sheaf
