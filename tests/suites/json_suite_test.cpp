// JSONTestSuite (github.com/nst/JSONTestSuite): y_ must be accepted, n_ refused, i_ is left to the reader.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "suite_files.hpp"
#include "support/temp_dir.hpp"

namespace sheaf {
namespace {

using namespace testing_support;

// Equal keys are refused on purpose: a document holds each key once.
const std::set<std::string> with_equal_keys = {"y_object_duplicated_key.json",
                                               "y_object_duplicated_key_and_value.json"};

void check_accepted(const std::string& name, const std::string& text) {
    const Bytes encoded = json_to_cbor(text);
    const std::string written = to_json(View(encoded));
    EXPECT_EQ(json_to_cbor(written), encoded) << name;
    EXPECT_EQ(json_to_cbor(to_json(View(encoded), {.mode = JsonMode::canonical, .indent = 3})), encoded) << name;
}

void check_refused(const std::string& name, const Error& error) {
    if (error.code() == Code::limit_exceeded && name == "n_structure_100000_opening_arrays.json") return;
    if (error.code() == Code::limit_exceeded && name == "i_structure_500_nested_arrays.json") return;
    if (error.code() == Code::limit_exceeded && name == "n_structure_open_array_object.json") return;
    EXPECT_EQ(error.code(), Code::invalid_json) << name << error.what();
    EXPECT_GE(error.details().line, 1U) << name;
    EXPECT_GE(error.details().column, 1U) << name;
}

TEST(JsonTestSuite, EveryFileIsJudgedAsItsNameSays) {
    if (!has_suites()) GTEST_SKIP() << no_suites();
    const TempDir folder;
    extract_tar(suites_folder() / "suites/json/test_parsing.tar.xz", folder.path("json"));
    int accepted = 0;
    int refused = 0;
    int either = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path("json"))) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(".json")) continue;
        const std::string text = read_file(entry.path());
        const char kind = name.front();
        ++(kind == 'y' ? accepted : kind == 'n' ? refused : either);
        try {
            check_accepted(name, text);
            EXPECT_NE(kind, 'n') << name << " was accepted";
            EXPECT_FALSE(with_equal_keys.contains(name)) << name << " was accepted";
        } catch (const Error& error) {
            if (with_equal_keys.contains(name)) {
                EXPECT_EQ(error.code(), Code::duplicate_field) << error.what();
                continue;
            }
            EXPECT_NE(kind, 'y') << name << " was refused: " << error.what();
            check_refused(name, error);
        }
    }
    EXPECT_EQ(accepted, 95);
    EXPECT_EQ(refused, 188);
    EXPECT_EQ(either, 35);
}

}  // namespace
}  // namespace sheaf
