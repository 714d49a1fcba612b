// Tables for the unit tests of filters.
// Threads: for tests, which have one.
#pragma once

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

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

inline void check(std::initializer_list<MatchCase> cases) {
    for (const MatchCase& c : cases) {
        SCOPED_TRACE(std::string(c.filter) + " on " + c.document);
        EXPECT_EQ(matches(c.document, c.filter), c.expected);
    }
}

struct ErrorCase {
    const char* filter;
    int mongo;
    const char* message;  // empty: any
};

inline void check_errors(std::initializer_list<ErrorCase> cases) {
    for (const ErrorCase& c : cases) {
        SCOPED_TRACE(c.filter);
        try {
            Filter::parse(Document::from_json(c.filter), limits);
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.mongo_code(), c.mongo);
            if (*c.message != 0) {
                EXPECT_EQ(error.message(), c.message);
            }
        }
    }
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
