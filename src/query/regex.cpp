#include "query/regex.hpp"

#include <sheaf/error.hpp>

namespace sheaf::query {

struct Regex::State {};

Regex::Regex(std::unique_ptr<State> state) : state_(std::move(state)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Regex Regex::compile(std::string_view, std::string_view, const Limits&) {
    throw Error(Code::unsupported, "regex");
}

bool Regex::matches(std::string_view) const {
    return false;
}

std::optional<Regex::Found> Regex::find(std::string_view, std::size_t) const {
    return std::nullopt;
}

}  // namespace sheaf::query
