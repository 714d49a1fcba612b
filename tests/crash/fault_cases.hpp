// What the tests of bad disks have in common: the ways in which a disk fails, and what happens then.
// Threads: plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>

#include <sheaf/driver/backend.hpp>

#include "crash/fault_vfs.hpp"
#include "storage/sqlite/connection.hpp"

namespace sheaf::crash {

enum class After : std::uint8_t { restart, power_cut, power_cut_with_parts };

struct Case {
    const char* name;
    Fault::Kind kind;
    After after;
    driver::Durability durability = driver::Durability::durable;
};

inline void PrintTo(const Case& which, std::ostream* out) {
    *out << which.name;
}

// A store of its own for each run; whoever meets another writer fails at once.
inline sqlite::StoreOptions options_for(const FaultDisk& disk, const Case& which, std::string path) {
    return {.path = std::move(path),
            .durability = which.durability,
            .busy_timeout = std::chrono::milliseconds(0),
            .vfs = disk.name()};
}

// The power goes, where the case says so; the seed says what is left of what was not synced.
inline void cut_power(FaultDisk& disk, const Case& which, std::int64_t seed) {
    if (which.after == After::restart) return;
    const bool parts = which.after == After::power_cut_with_parts;
    disk.cut_power(parts ? FaultDisk::Unsynced::any_part : FaultDisk::Unsynced::lost, static_cast<std::uint64_t>(seed));
}

}  // namespace sheaf::crash
