// The examples of RFC 8949 appendix A (github.com/cbor/test-vectors).
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include <sheaf/document.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/cbor.hpp"
#include "suite_files.hpp"

namespace sheaf {
namespace {

using namespace testing_support;

struct Example {
    std::string hex;
    std::string decoded;     // JSON text of the value, where it has one
    std::string diagnostic;  // diagnostic notation, where it has no JSON
    bool deterministic = false;
};

// The text of a member in the suite's regular layout. The file holds integers beyond 64 bits, which sheaf refuses.
std::string member(std::string_view object, std::string_view key) {
    const std::string begin = "\"" + std::string(key) + "\": ";
    const std::size_t at = object.find(begin);
    if (at == std::string_view::npos) return "";
    const std::string_view rest = object.substr(at + begin.size());
    return std::string(rest.substr(0, key == "decoded" ? rest.find("\n  }") : rest.find_first_of(",\n")));
}

std::string unquoted(const std::string& text) {
    return text.empty() ? "" : value_from_json(text).as_string();
}

std::vector<Example> examples() {
    const std::string text = read_file(suites_folder() / "suites/cbor/appendix_a.json");
    std::vector<Example> all;
    for (std::size_t at = text.find("\n  {"); at != std::string::npos; at = text.find("\n  {", at + 1)) {
        const std::string object = text.substr(at, text.find("\n  }", at) - at + 4);
        Example example;
        example.hex = unquoted(member(object, "hex"));
        example.decoded = member(object, "decoded");
        const std::size_t quote = object.find("\"diagnostic\": ");
        if (quote != std::string::npos) {
            const std::size_t begin = quote + 14;
            example.diagnostic = unquoted(object.substr(begin, object.find("\"\n", begin) + 1 - begin));
        }
        example.deterministic = member(object, "roundtrip") == "true";
        all.push_back(example);
    }
    return all;
}

Bytes from_hex(std::string_view hex) {
    constexpr std::string_view digits = "0123456789abcdef";
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(digits.find(hex[i]) << 4 | digits.find(hex[i + 1]));
    }
    return bytes;
}

Bytes rewrite(BytesView bytes) {
    cbor::Reader reader(bytes);
    Bytes out;
    while (!reader.at_end()) cbor::write(reader.next(), out);
    return out;
}

// Simple value 24 in two bytes comes from RFC 7049; RFC 8949 section 3.3 made it malformed and took it out of the list.
constexpr std::string_view withdrawn = "f818";

// What a document cannot hold, and how its refusal names it.
const std::map<std::string, std::string> refused = {
    {"1bffffffffffffffff", "an integer beyond 64 bits"},
    {"c249010000000000000000", "a bignum (tag 2)"},
    {"3bffffffffffffffff", "an integer beyond 64 bits"},
    {"c349010000000000000000", "a bignum (tag 3)"},
    {"f7", "undefined"},
    {"f0", "simple(16)"},
    {"f8ff", "simple(255)"},
    {"c074323031332d30332d32315432303a30343a30305a", "tag 0"},
    {"c11a514b67b0", "tag 1"},
    {"c1fb41d452d9ec200000", "tag 1"},
    {"d74401020304", "tag 23"},
    {"d818456449455446", "tag 24"},
    {"d82076687474703a2f2f7777772e6578616d706c652e636f6d", "tag 32"},
    {"a201020304", "a key must be a text string, not an integer"},
};

TEST(CborSuite, EveryExampleIsReadExactly) {
    if (!has_suites()) GTEST_SKIP() << no_suites();
    int count = 0;
    for (const Example& example : examples()) {
        ++count;
        const Bytes bytes = from_hex(example.hex);
        if (example.hex == withdrawn) {
            EXPECT_THROW(rewrite(bytes), Error);
            continue;
        }
        EXPECT_EQ(rewrite(bytes), bytes) << example.hex;
        EXPECT_NO_THROW(cbor::require_well_formed(bytes)) << example.hex;
        EXPECT_NE(cbor::deviations(bytes).any_but_order(), example.deterministic) << example.hex;
        if (!example.diagnostic.empty()) {
            EXPECT_EQ(cbor::diagnostic(bytes), example.diagnostic) << example.hex;
        }
    }
    EXPECT_EQ(count, 82);
}

TEST(CborSuite, DocumentsHoldEveryExampleOrNameWhatTheyCannotHold) {
    if (!has_suites()) GTEST_SKIP() << no_suites();
    int held = 0;
    for (const Example& example : examples()) {
        if (example.hex == withdrawn) continue;
        const Bytes bytes = from_hex("a16176") + from_hex(example.hex);  // {"v": the example}
        const auto refusal = refused.find(example.hex);
        try {
            const Document document = Document::from_cbor(bytes);
            EXPECT_EQ(refusal, refused.end()) << example.hex << " was accepted";
            ++held;
            if (example.deterministic) {
                EXPECT_EQ(document.cbor(), bytes) << example.hex;
            }
            EXPECT_EQ(Document::from_cbor(document.cbor()), document) << example.hex;
            EXPECT_EQ(Document::from_json(document.to_json()), document) << example.hex;
            EXPECT_FALSE(cbor::deviations(document.cbor()).any_but_order()) << example.hex;
            if (!example.decoded.empty()) {
                EXPECT_EQ(document, Document::from_json("{\"v\": " + example.decoded + "}")) << example.hex;
            }
        } catch (const Error& error) {
            ASSERT_NE(refusal, refused.end()) << example.hex << ": " << error.what();
            EXPECT_EQ(error.code(), Code::invalid_document) << error.what();
            EXPECT_NE(error.message().find(refusal->second), std::string_view::npos) << error.what();
        }
    }
    EXPECT_EQ(held, 81 - static_cast<int>(refused.size()));
}

}  // namespace
}  // namespace sheaf
