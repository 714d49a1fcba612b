// The conformance suite on memory:.
#include "storage/memory/memory_backend.hpp"

#include "conformance/conformance.hpp"

namespace sheaf {

class MemoryHarness : public conformance::Harness {
public:
    std::unique_ptr<driver::Backend> open_empty() override { return memory::open_memory(); }
    std::optional<std::chrono::milliseconds> busy_after() const override { return std::chrono::seconds(5); }
};

}  // namespace sheaf

SHEAF_CONFORMANCE(memory, [] { return std::make_unique<sheaf::MemoryHarness>(); });
