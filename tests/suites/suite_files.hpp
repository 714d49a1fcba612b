// The public suites and datasets that tests read where they are: in $SHEAF_SUITES, by default ../shared/data beside the
// source tree.
//
//     if (!has_suites()) GTEST_SKIP() << no_suites();
//     for (std::string_view line : lines_of(text)) ...
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::testing_support {

std::filesystem::path suites_folder();
bool has_suites();
std::string no_suites();  // what to say when they are not there

std::string read_file(const std::filesystem::path& path);
std::string read_xz(const std::filesystem::path& path);
void extract_tar(const std::filesystem::path& archive, const std::filesystem::path& folder);
std::vector<std::string_view> lines_of(std::string_view text);  // without empty ones

}  // namespace sheaf::testing_support
