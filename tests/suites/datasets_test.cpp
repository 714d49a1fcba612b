// Real documents go through every codec and come back equal.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include <sheaf/document.hpp>
#include <sheaf/json.hpp>

#include "document/cbor.hpp"
#include "suite_files.hpp"

namespace sheaf {
namespace {

using namespace testing_support;

void check_line(std::string_view line) {
    const Document document = Document::from_json(line);
    const std::string text = document.to_json();
    const Document again = Document::from_json(text);
    ASSERT_EQ(again.cbor(), document.cbor()) << line;
    ASSERT_EQ(again.to_json(), text) << line;
    ASSERT_EQ(json_to_cbor(to_json(document.view(), {.mode = JsonMode::canonical})), document.cbor()) << line;
    ASSERT_EQ(json_to_cbor(to_json(document.view(), {.indent = 4})), document.cbor()) << line;
    ASSERT_EQ(Document::from_cbor(document.cbor()).cbor(), document.cbor()) << line;
    ASSERT_EQ(Document(document.to_object()).cbor(), document.cbor()) << line;
    ASSERT_FALSE(cbor::deviations(document.cbor()).any_but_order()) << line;
}

TEST(Datasets, EveryDocumentSurvivesEveryCodec) {
    if (!has_suites()) GTEST_SKIP() << no_suites();
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(suites_folder() / "documents")) {
        if (entry.path().extension() != ".xz") continue;
        ++files;
        const std::string text = read_xz(entry.path());
        const auto lines = lines_of(text);
        EXPECT_GT(lines.size(), 500U) << entry.path();
        for (const std::string_view line : lines) {
            check_line(line);
            if (HasFatalFailure()) return;
        }
    }
    EXPECT_EQ(files, 5);
}

}  // namespace
}  // namespace sheaf
