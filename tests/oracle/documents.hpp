// What a comparison starts from, and how it is shown: documents that a grammar makes, and cases for tests/cases.
// Threads: free functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/value.hpp>

#include "oracle/grammar.hpp"

namespace sheaf::oracle {

// With distinct ids of the rule "id"; the other members are the rule's.
std::vector<Document> make_documents(const Grammar& grammar, Dice& dice, std::string_view rule, std::size_t count);

// A case without an expectation, to be pasted into a file of tests/cases.
std::string as_case(const std::vector<Value>& given, const Object& step);

}  // namespace sheaf::oracle
