// FaultDisk: a file system layer for SQLite that fails when it is told to, and that can lose power.
//
// It lies over SQLite's default layer and counts the writes, truncations and syncs of the files that are opened through
// it. The operation with the number that was armed fails, in one of several ways. Nothing is really synced: instead the
// disk remembers what each file held at its last sync, so that cut_power() can put back what a real disk might hold
// after a power cut.
//
// Threads: thread-safe. Lifetime: longer than every connection that uses it.
//
//     FaultDisk disk;
//     disk.arm({.kind = Fault::Kind::dead, .at = 17});
//     auto backend = sqlite::open_sqlite(sqlite::StoreOptions{.path = path, .vfs = disk.name()});
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace sheaf::crash {

struct Fault {
    enum class Kind : std::uint8_t {
        none,
        once,  // the operation fails, the next ones work again
        dead,  // it and all that follow fail
        torn,  // as dead, but a write that fails has written its first half
        full,  // a write fails, half done, because the disk is full; the next ones work again. Only writes are counted
    };
    Kind kind = Kind::none;
    std::int64_t at = 0;  // the first operation is 1
};

class FaultDisk {
public:
    FaultDisk();
    ~FaultDisk();
    FaultDisk(const FaultDisk&) = delete;
    FaultDisk& operator=(const FaultDisk&) = delete;

    const std::string& name() const { return name_; }  // of the layer, for sqlite3_open_v2

    void arm(Fault fault);  // and counts from 0 again
    void disarm() { arm({}); }
    bool fired() const;
    std::int64_t operations() const;

    // What survives of the operations after a file's last sync.
    enum class Unsynced : std::uint8_t { lost, any_part };
    // Puts each file back to what it held at its last sync; with any_part, some of the later operations are there as
    // well, in whole or in part, in any combination. Files whose making was never synced are gone, files whose deletion
    // was not are back, until a sync of the folder. All files are taken to be in one folder. All connections must be
    // closed.
    void cut_power(Unsynced unsynced, std::uint64_t seed);

    // For the layer's own functions.
    enum class Verdict : std::uint8_t { work, fail, fail_half_way, full };
    enum class Operation : std::uint8_t { write, other };
    struct Change {
        std::int64_t offset = 0;           // of a write; the new size of a truncation
        std::optional<std::string> bytes;  // none: a truncation
    };
    Verdict judge(Operation operation);
    bool is_dead() const;
    void opened(const std::string& path);
    void changed(const std::string& path, Change change);
    void synced(const std::string& path);
    void deleted(const std::string& path, bool synced);
    sqlite3_vfs* below() const { return below_; }

private:
    struct File {
        std::optional<std::string> durable;  // none: not on the disk
        std::vector<Change> unsynced;
        bool exists = true;         // as programs see it
        bool replaced = false;      // deleted, and perhaps made again, since `durable`
        bool syncs_folder = false;  // its next sync is one of its folder, too
    };
    bool passes() const;  // the armed fault strikes once only
    void sync_folder();

    const std::string name_;
    sqlite3_vfs* const below_;
    std::unique_ptr<sqlite3_vfs> layer_;

    mutable std::mutex mutex_;
    Fault fault_;
    std::int64_t operations_ = 0;
    bool fired_ = false;
    std::map<std::string, File> files_;
};

}  // namespace sheaf::crash
