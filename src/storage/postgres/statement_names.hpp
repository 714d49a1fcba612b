// StatementNames: which statements a connection has prepared, and under which names. A name is never given twice, so
// that one whose preparation failed, or was never reached, cannot be met again.
//
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sheaf::postgres {

struct KeptStatement {
    std::string key{};   // its text and the types of its parameters: the same text may be sent with others
    std::string name{};  // "": not yet sent to the server
    std::uint64_t last_used = 0;
};

class StatementNames {
public:
    static constexpr std::size_t most = 512;
    static constexpr std::size_t full = most + 128;  // until those that are too many have been evicted

    // The statement, new ones without a name; stays where it is until it is forgotten. Null: a new one, but it is full.
    KeptStatement* use(std::string_view sql, std::span<const unsigned> types);
    std::string new_name();
    void forget(const KeptStatement& statement);
    // Forgets the one that was not used for longest, when there are too many, and returns its name; "" otherwise.
    // REQUIRES: nothing is on its way to the server.
    std::string evict();
    std::size_t size() const { return statements_.size(); }

private:
    std::unordered_map<std::string, KeptStatement> statements_;
    std::string key_;  // to look for one without allocating
    std::uint64_t clock_ = 0;
    std::uint64_t last_name_ = 0;
};

}  // namespace sheaf::postgres
