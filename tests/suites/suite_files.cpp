#include "suite_files.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "support/process.hpp"

namespace sheaf::testing_support {

namespace {

std::string output_of(const std::vector<std::string>& command) {
    Ran ran = run(command);
    if (ran.exit_code != 0) throw std::runtime_error(command.front() + ": " + ran.err);
    return std::move(ran.out);
}

}  // namespace

std::filesystem::path suites_folder() {
    const char* folder = std::getenv("SHEAF_SUITES");
    if (folder != nullptr && *folder != '\0') return folder;
    return std::filesystem::path(SHEAF_SOURCE_DIR) / "../shared/data";
}

bool has_suites() {
    return std::filesystem::exists(suites_folder());
}

std::string no_suites() {
    return "no test suites at " + suites_folder().string() + " (set SHEAF_SUITES)";
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string read_xz(const std::filesystem::path& path) {
    return output_of({"/usr/bin/env", "xz", "-dc", path.string()});
}

void extract_tar(const std::filesystem::path& archive, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    output_of({"/usr/bin/env", "tar", "-xf", archive.string(), "-C", folder.string()});
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end > 0) lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

}  // namespace sheaf::testing_support
