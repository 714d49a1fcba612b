// JSON text in and out, for single values and documents: RFC 8259 and Extended JSON v2.
//
// Reading accepts canonical and relaxed Extended JSON: {"$numberLong": "5"}, {"$numberInt": "5"},
// {"$numberDouble": "NaN"}, {"$date": ...}, {"$oid": "..."}, {"$binary": {"base64": "...", "subType": "00"}}. Types
// that sheaf does not hold yet ($numberDecimal, $timestamp, $regularExpression, $minKey, $maxKey ...) are refused by
// name. Text goes to CBOR through simdjson without a tree of our own; CBOR goes to text directly. Numbers are exact: an
// integer outside int64 is refused rather than rounded; doubles are written in the shortest form that reads back to the
// same bits, always with a fraction or an exponent, so that they stay doubles.
//
// Threads: all functions may be called from any thread.
//
//     Bytes encoded = json_to_cbor(R"([1, 2.5, {"$date": "2024-01-01T00:00:00Z"}])");
//     std::string text = to_json(View(encoded), JsonStyle{.mode = JsonMode::canonical});
#pragma once

#include <string>
#include <string_view>

#include <sheaf/bytes.hpp>
#include <sheaf/limits.hpp>
#include <sheaf/view.hpp>

namespace sheaf {

enum class JsonMode { relaxed, canonical };

struct JsonStyle {
    JsonMode mode = JsonMode::relaxed;
    int indent = 0;  // spaces per level; 0: one line without spaces
};

// One JSON value of any type, to deterministic CBOR. Throws invalid_json (with line and column), invalid_document,
// duplicate_field, limit_exceeded.
Bytes json_to_cbor(std::string_view text, const Limits& limits = {});
Value value_from_json(std::string_view text, const Limits& limits = {});

// Valid JSON for every value. Throws corrupt for damaged bytes, type_mismatch for a missing value.
std::string to_json(View value, JsonStyle style = {});
std::string to_json(const Value& value, JsonStyle style = {});
void append_json(std::string& out, View value, JsonStyle style = {});
// A JSON string literal, quotes included; a byte that is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// "2024-01-31T12:00:00Z", or "2024-01-31T12:00:00.250Z" when there are milliseconds. Throws invalid_argument for years
// outside 0000..9999, which have no such form.
std::string to_rfc3339(DateTime time);
// RFC 3339 with Z or an offset, up to milliseconds; finer digits than zeros are refused. Throws invalid_document.
DateTime from_rfc3339(std::string_view text);

}  // namespace sheaf
