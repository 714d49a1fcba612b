// ChangeSignal of the SQLite backend: a connection of its own that looks whether the file has changed: as soon as a
// writer of this process is done, and every 20 ms for those of others.
//
// Threads: one at a time. Must not outlive the store.
#pragma once

#include <cstdint>
#include <memory>

#include <sheaf/driver/backend.hpp>

#include "storage/sqlite/session.hpp"
#include "storage/sqlite/store.hpp"

namespace sheaf::sqlite {

class ChangeSignal final : public driver::ChangeSignal {
public:
    explicit ChangeSignal(Store& store);
    void wait(const Control& control) override;

private:
    bool has_changed(const Control& control);

    Store& store_;
    std::unique_ptr<Session> session_;  // none once the store has been closed
    std::uint32_t seen_ = 0;            // the connection's data version
};

}  // namespace sheaf::sqlite
