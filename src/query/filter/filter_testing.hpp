// For the unit tests of filters: tables of documents, filters and answers.
// Threads: free functions.
#pragma once

#include <initializer_list>
#include <string>

#include <sheaf/error.hpp>

#include "query/filter/filter.hpp"

namespace sheaf::query {

inline const Limits limits;

inline bool matches(const std::string& document, const std::string& filter, const SystemFields& system = {}) {
    const Document subject = Document::from_json(document);
    return Filter::parse(Document::from_json(filter), limits).matches({subject.view(), system});
}

struct MatchCase {
    const char* document;
    const char* filter;
    bool expected;
};

// The cases whose answer is another one; empty when there are none.
inline std::string wrong_matches(std::initializer_list<MatchCase> cases) {
    std::string wrong;
    for (const MatchCase& c : cases) {
        try {
            if (matches(c.document, c.filter) == c.expected) continue;
            wrong += std::string("\n") + c.filter + " on " + c.document;
        } catch (const Error& error) {
            wrong += std::string("\n") + c.filter + " on " + c.document + ": " + error.what();
        }
    }
    return wrong;
}

struct ErrorCase {
    const char* filter;
    int mongo;
    const char* message;  // empty: any
};

// The filters that are refused otherwise or not at all.
inline std::string wrong_errors(std::initializer_list<ErrorCase> cases) {
    std::string wrong;
    for (const ErrorCase& c : cases) {
        try {
            Filter::parse(Document::from_json(c.filter), limits);
            wrong += std::string("\n") + c.filter + ": no error";
        } catch (const Error& error) {
            const bool same_message = *c.message == 0 || error.message() == c.message;
            if (error.mongo_code() == c.mongo && same_message) continue;
            wrong += std::string("\n") + c.filter + ": " + std::to_string(error.mongo_code()) + " " + error.what();
        }
    }
    return wrong;
}

// The code of the error that a filter causes when it is parsed or asked of the document; "none".
inline std::string error_of(const Document& filter, const Document& document, const Limits& bounds = limits) {
    try {
        Filter::parse(filter, bounds).matches({document.view(), {}});
    } catch (const Error& error) {
        return std::string(info(error.code()).name);
    }
    return "none";
}

}  // namespace sheaf::query
