// ListeningSignal: waits for the notifications that come with commits (notify=on in the URL), on a connection of its
// own. When that breaks, something may have been missed: it connects again and says that there may be something new.
//
// Threads: one at a time.
#pragma once

#include <optional>

#include <sheaf/driver/backend.hpp>

#include "storage/postgres/session.hpp"

namespace sheaf::postgres {

class ListeningSignal final : public driver::ChangeSignal {
public:
    // What is shared with the backend says where to listen, and when the store has been closed. Throws what
    // Pool::lease() does.
    explicit ListeningSignal(const Shared& shared);

    void wait(const Control& control) override;

private:
    void listen(const Control& control);
    bool hears(const Control& control);

    const Shared& shared_;
    Pool pool_;  // of this one connection
    std::optional<Lease> lease_{};
};

}  // namespace sheaf::postgres
