#include "base/temp_file.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf {
namespace {

// A folder that goes away with the test.
class Folder {
public:
    Folder() {
        std::string path = (std::filesystem::temp_directory_path() / "sheaf-test-XXXXXX").string();
        if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("no folder for the test");
        path_ = path;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string path() const { return path_.string(); }
    bool empty() const { return std::filesystem::is_empty(path_); }

private:
    std::filesystem::path path_;
};

// Sets an environment variable for the test.
class Setting {
public:
    Setting(const char* name, const std::string& value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        setenv(name, value.c_str(), 1);
    }
    ~Setting() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }

private:
    const char* name_;
    std::optional<std::string> old_;
};

std::string read(const TempFile& file, std::uint64_t offset, std::size_t size) {
    std::string bytes(size, '\0');
    file.read(offset, bytes);
    return bytes;
}

template <class Function>
std::string io_error_of(Function function) {
    try {
        function();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::io);
        return std::string(error.message());
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
}

TEST(TempFile, KeepsWhatIsAppended) {
    TempFile file;
    const std::string large(300'000, 'x');
    file.append("abc");
    file.append("");
    file.append(large);
    EXPECT_EQ(file.size(), 300'003U);
    EXPECT_EQ(read(file, 0, 4), "abcx");
    EXPECT_EQ(read(file, 3, 300'000), large);
    EXPECT_EQ(read(file, 300'003, 0), "");
}

TEST(TempFile, HasNoNameInItsFolder) {
    const Folder folder;
    TempFile file(folder.path());
    file.append("abc");
    EXPECT_TRUE(folder.empty());
    EXPECT_EQ(read(file, 1, 2), "bc");
}

TEST(TempFile, FollowsTheEnvironment) {
    const Folder folder;
    const auto message_of = [](const std::string& directory) {
        const Setting setting("TMPDIR", directory);
        return io_error_of([] { TempFile file; });
    };
    const std::string missing = message_of(folder.path() + "/missing");
    EXPECT_NE(missing.find("TMPDIR"), std::string::npos) << missing;
    EXPECT_NE(missing.find("No such file or directory"), std::string::npos) << missing;
    const std::string no_folder = message_of("/proc/self");  // holds no files of others
    EXPECT_NE(no_folder.find("in /proc/self: "), std::string::npos) << no_folder;
}

TEST(TempFile, NamesTheFolderThatFails) {
    const std::string message = io_error_of([] { TempFile file("/nowhere/at/all"); });
    EXPECT_NE(message.find("/nowhere/at/all"), std::string::npos) << message;
    EXPECT_NE(message.find("No such file or directory"), std::string::npos) << message;
    EXPECT_NE(message.find("TMPDIR"), std::string::npos) << message;
}

TEST(TempFile, RefusesToReadPastItsEnd) {
    TempFile file;
    file.append("abc");
    const std::string message = io_error_of([&] { read(file, 2, 2); });
    EXPECT_NE(message.find("ends early"), std::string::npos) << message;
    io_error_of([&] { read(file, 100, 1); });
}

TEST(TempFile, ReportsAFailedWriteAndKeepsWhatWasWritten) {
    TempFile file;
    file.append("abc");
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit old_limit{};
    getrlimit(RLIMIT_FSIZE, &old_limit);
    rlimit limit = old_limit;
    limit.rlim_cur = 3;
    setrlimit(RLIMIT_FSIZE, &limit);
    const std::string message = io_error_of([&] { file.append("def"); });
    setrlimit(RLIMIT_FSIZE, &old_limit);
    std::signal(SIGXFSZ, old_handler);
    EXPECT_NE(message.find("cannot write"), std::string::npos) << message;
    EXPECT_EQ(read(file, 0, file.size()), "abc");
    file.append("def");
    EXPECT_EQ(read(file, 0, file.size()), "abcdef");
}

TEST(TempFile, MovesWithItsContent) {
    TempFile first;
    first.append("first");
    TempFile second = std::move(first);
    EXPECT_EQ(read(second, 0, 5), "first");
    TempFile third;
    third.append("third");
    second = std::move(third);
    EXPECT_EQ(read(second, 0, 5), "third");
    EXPECT_EQ(second.size(), 5U);
}

}  // namespace
}  // namespace sheaf
