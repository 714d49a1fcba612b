#include "crash/fault_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <utility>

namespace sheaf::crash {

namespace {

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

// A file of the layer: SQLite's head, what the layer adds, and the file below behind it.
struct LayerFile {
    sqlite3_file head;
    FaultDisk* disk;
    std::string* path;  // none: a temporary file, which is nobody's durable state

    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

LayerFile& layer(sqlite3_file* file) {
    return *reinterpret_cast<LayerFile*>(file);
}
sqlite3_file* below(sqlite3_file* file) {
    return layer(file).below();
}

int close_file(sqlite3_file* file) {
    const int result = below(file)->pMethods == nullptr ? SQLITE_OK : below(file)->pMethods->xClose(below(file));
    delete layer(file).path;
    return result;
}

int read_file_at(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    return below(file)->pMethods->xRead(below(file), into, size, offset);
}

int write_file_at(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    LayerFile& self = layer(file);
    const FaultDisk::Verdict verdict =
        self.path == nullptr ? FaultDisk::Verdict::work : self.disk->judge(FaultDisk::Operation::write);
    if (verdict == FaultDisk::Verdict::fail) return SQLITE_IOERR_WRITE;
    const int writes = verdict == FaultDisk::Verdict::work ? size : size / 2;
    const int result = below(file)->pMethods->xWrite(below(file), bytes, writes, offset);
    if (result == SQLITE_OK && self.path != nullptr) {
        const auto count = static_cast<std::size_t>(writes);
        self.disk->changed(*self.path, {offset, std::string(static_cast<const char*>(bytes), count)});
    }
    if (verdict == FaultDisk::Verdict::full) return SQLITE_FULL;
    return verdict == FaultDisk::Verdict::work ? result : SQLITE_IOERR_WRITE;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    LayerFile& self = layer(file);
    if (self.path != nullptr && self.disk->judge(FaultDisk::Operation::other) != FaultDisk::Verdict::work)
        return SQLITE_IOERR_TRUNCATE;
    const int result = below(file)->pMethods->xTruncate(below(file), size);
    if (result == SQLITE_OK && self.path != nullptr) self.disk->changed(*self.path, {size, std::nullopt});
    return result;
}

int sync_file(sqlite3_file* file, int) {
    LayerFile& self = layer(file);
    if (self.path == nullptr) return SQLITE_OK;
    if (self.disk->judge(FaultDisk::Operation::other) != FaultDisk::Verdict::work) return SQLITE_IOERR_FSYNC;
    self.disk->synced(*self.path);
    return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return below(file)->pMethods->xFileSize(below(file), size);
}
int lock_file(sqlite3_file* file, int level) {
    return below(file)->pMethods->xLock(below(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return below(file)->pMethods->xUnlock(below(file), level);
}
int check_lock(sqlite3_file* file, int* out) {
    return below(file)->pMethods->xCheckReservedLock(below(file), out);
}
int sector_size(sqlite3_file* file) {
    return below(file)->pMethods->xSectorSize(below(file));
}
int characteristics(sqlite3_file* file) {
    return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

// Makes room ahead of writing; as a write it would have to be counted, so this disk does not know it.
int file_control(sqlite3_file* file, int operation, void* argument) {
    if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

int shm_map(sqlite3_file* file, int page, int page_size, int extend, void volatile** out) {
    return below(file)->pMethods->xShmMap(below(file), page, page_size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int n, int flags) {
    return below(file)->pMethods->xShmLock(below(file), offset, n, flags);
}
void shm_barrier(sqlite3_file* file) {
    below(file)->pMethods->xShmBarrier(below(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
    return below(file)->pMethods->xShmUnmap(below(file), remove);
}

constexpr sqlite3_io_methods methods = {
    2,         close_file,  read_file_at, write_file_at, truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_lock,   file_control,  sector_size,   characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,    nullptr,       nullptr};

FaultDisk& disk_of(sqlite3_vfs* vfs) {
    return *static_cast<FaultDisk*>(vfs->pAppData);
}

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    FaultDisk& disk = disk_of(vfs);
    LayerFile& self = layer(file);
    self = {{nullptr}, &disk, nullptr};
    const int result = disk.below()->xOpen(disk.below(), path, self.below(), flags, out_flags);
    if (result != SQLITE_OK) return result;
    if (path != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) == 0) {
        self.path = new std::string(path);
        disk.opened(*self.path);
    }
    self.head.pMethods = &methods;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    FaultDisk& disk = disk_of(vfs);
    if (disk.is_dead()) return SQLITE_IOERR_DELETE;
    const int result = disk.below()->xDelete(disk.below(), path, 0);
    if (result == SQLITE_OK) disk.deleted(path, sync_folder != 0);
    return result;
}

sqlite3_vfs layer_over(sqlite3_vfs* below, const std::string& name, FaultDisk* disk) {
    sqlite3_vfs made = *below;  // all that is not about files stays as it is below
    made.pNext = nullptr;
    made.szOsFile = static_cast<int>(sizeof(LayerFile)) + below->szOsFile;
    made.zName = name.c_str();
    made.pAppData = disk;
    made.xOpen = open_file;
    made.xDelete = delete_file;
    // These look into their sqlite3_vfs, which must be the one below.
    made.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* out) {
        sqlite3_vfs* const real = disk_of(vfs).below();
        return real->xAccess(real, path, flags, out);
    };
    made.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* out) {
        sqlite3_vfs* const real = disk_of(vfs).below();
        return real->xFullPathname(real, path, size, out);
    };
    return made;
}

// Applies a change to a file's content; of a write, only the bytes before `end`.
void apply(const FaultDisk::Change& change, std::size_t end, std::string& content) {
    const auto offset = static_cast<std::size_t>(change.offset);
    if (!change.bytes) return content.resize(offset);
    const std::size_t size = std::min(end, change.bytes->size());
    if (content.size() < offset + size) content.resize(offset + size);
    content.replace(offset, size, *change.bytes, 0, size);
}

}  // namespace

FaultDisk::FaultDisk()
    : name_("sheaf-fault-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))),
      below_(sqlite3_vfs_find(nullptr)),
      layer_(std::make_unique<sqlite3_vfs>(layer_over(below_, name_, this))) {
    if (sqlite3_vfs_register(layer_.get(), 0) != SQLITE_OK) throw std::runtime_error("cannot register the layer");
}

FaultDisk::~FaultDisk() {
    sqlite3_vfs_unregister(layer_.get());
}

void FaultDisk::arm(Fault fault) {
    const std::lock_guard lock(mutex_);
    fault_ = fault;
    operations_ = 0;
    fired_ = false;
}

bool FaultDisk::fired() const {
    const std::lock_guard lock(mutex_);
    return fired_;
}

std::int64_t FaultDisk::operations() const {
    const std::lock_guard lock(mutex_);
    return operations_;
}

FaultDisk::Verdict FaultDisk::judge(Operation operation) {
    const std::lock_guard lock(mutex_);
    if (fault_.kind == Fault::Kind::full && operation != Operation::write) return Verdict::work;
    ++operations_;
    if (fault_.kind == Fault::Kind::none || operations_ < fault_.at) return Verdict::work;
    if (operations_ == fault_.at) {
        fired_ = true;
        if (fault_.kind == Fault::Kind::full) return Verdict::full;
        return fault_.kind == Fault::Kind::torn ? Verdict::fail_half_way : Verdict::fail;
    }
    return passes() ? Verdict::work : Verdict::fail;
}

bool FaultDisk::passes() const {
    return fault_.kind == Fault::Kind::once || fault_.kind == Fault::Kind::full;
}

bool FaultDisk::is_dead() const {
    const std::lock_guard lock(mutex_);
    return fired_ && !passes();
}

// A file that is there before anybody has opened it is taken for durable.
void FaultDisk::opened(const std::string& path) {
    const std::lock_guard lock(mutex_);
    const bool known = files_.contains(path);
    File& file = files_[path];
    file.exists = true;
    // SQLite's own layer syncs the folder with the first sync of a journal that it has opened, but not with that of a
    // database.
    file.syncs_folder = path.ends_with("-wal") || path.ends_with("-journal");
    std::string content = known ? std::string() : read_file(path);
    if (!content.empty()) file.durable = std::move(content);
}

void FaultDisk::changed(const std::string& path, Change change) {
    const std::lock_guard lock(mutex_);
    files_[path].unsynced.push_back(std::move(change));
}

void FaultDisk::synced(const std::string& path) {
    const std::lock_guard lock(mutex_);
    File& file = files_[path];
    std::string content = file.durable && !file.replaced ? *std::move(file.durable) : std::string();
    for (const Change& change : file.unsynced) apply(change, std::string::npos, content);
    if (std::exchange(file.syncs_folder, false)) sync_folder();
    file = {std::move(content), {}, true, false, false};
}

// Which files there are is on the disk now; what is in them is not.
void FaultDisk::sync_folder() {
    for (auto& [path, file] : files_) {
        if (!file.exists) {
            file.durable.reset();
        } else if (file.replaced || !file.durable) {
            file.durable.emplace();
        }
        file.replaced = false;
    }
}

void FaultDisk::deleted(const std::string& path, bool synced) {
    const std::lock_guard lock(mutex_);
    File& file = files_[path];
    file.unsynced.clear();
    file.exists = false;
    file.replaced = true;
    if (synced) sync_folder();
}

void FaultDisk::cut_power(Unsynced unsynced, std::uint64_t seed) {
    const std::lock_guard lock(mutex_);
    std::mt19937_64 random(seed);
    constexpr std::size_t sector = 512;
    for (auto& [path, file] : files_) {
        std::optional<std::string> content = file.durable;
        if (unsynced == Unsynced::any_part && !file.replaced) {
            for (const Change& change : file.unsynced) {
                const std::size_t sectors = change.bytes ? (change.bytes->size() + sector - 1) / sector : 1;
                const std::size_t kept = random() % 2 == 0 ? sectors : random() % (sectors + 1);
                if (random() % 3 == 0 || kept == 0) continue;
                if (!content) content.emplace();
                apply(change, kept * sector, *content);
            }
        }
        std::filesystem::remove(path + "-shm");  // lived in memory
        content ? write_file(path, *content) : static_cast<void>(std::filesystem::remove(path));
    }
    files_.clear();
}

}  // namespace sheaf::crash
