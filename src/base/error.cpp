#include <sheaf/error.hpp>

#include <array>
#include <utility>

namespace sheaf {

namespace {

constexpr auto table = std::to_array<CodeInfo>({
#define SHEAF_ERROR_CODE(name, mongo, http, exit_code) {Code::name, #name, mongo, http, exit_code},
#include <sheaf/error_codes.def>
#undef SHEAF_ERROR_CODE
});

}  // namespace

std::span<const CodeInfo> error_codes() {
    return table;
}

const CodeInfo& info(Code code) {
    return table.at(static_cast<std::size_t>(code));
}

Error::Error(Code code, std::string_view message, ErrorDetails details) : code_(code) {
    std::string text(info(code).name);
    text.append(": ").append(message);
    state_ = std::make_shared<const State>(State{std::move(text), std::move(details)});
}

std::string_view Error::message() const noexcept {
    return std::string_view(state_->text).substr(info(code_).name.size() + 2);
}

int Error::mongo_code() const noexcept {
    return state_->details.mongo != 0 ? state_->details.mongo : info(code_).mongo;
}

Error Error::with_context(std::string_view prefix) const {
    return Error(code_, std::string(prefix).append(message()), state_->details);
}

}  // namespace sheaf
