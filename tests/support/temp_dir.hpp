// TempDir: a new folder for one test, removed with everything in it when the test ends.
//
// Threads: like a path. Lifetime: stores inside must be closed before it ends.
//
//     TempDir dir;
//     auto database = sheaf::open(dir.path("a.db"));
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace sheaf::testing_support {

class TempDir {
public:
    TempDir() : TempDir(std::filesystem::temp_directory_path()) {}
    explicit TempDir(const std::filesystem::path& parent) {
        std::string name = (parent / "sheaf-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder could be made: " + name);
        path_ = name;
    }
    // For tests of answers rather than of durability: where the system has it, a file system without syncs to wait for.
    static std::filesystem::path fast_parent() {
        std::error_code none;
        const bool usable = std::filesystem::is_directory("/dev/shm", none) && ::access("/dev/shm", W_OK) == 0;
        return usable ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    }
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    std::string path(std::string_view name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

}  // namespace sheaf::testing_support
