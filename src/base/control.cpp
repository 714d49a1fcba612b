#include <sheaf/control.hpp>
#include <sheaf/error.hpp>

namespace sheaf {

void Control::check() const {
    if (stop.stop_requested()) throw Error(Code::cancelled, "the operation was stopped by its caller");
    if (deadline && Clock::now() >= *deadline) {
        throw Error(Code::deadline_exceeded, "the operation did not finish within its time");
    }
}

}  // namespace sheaf
