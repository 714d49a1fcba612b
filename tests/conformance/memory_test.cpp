// The conformance suite on memory:.
#include "storage/memory/memory_backend.hpp"

#include "conformance/conformance.hpp"

namespace sheaf {

class MemoryHarness : public conformance::Harness {
public:
    std::unique_ptr<driver::Backend> open_empty() override { return memory::open_memory(); }
};

}  // namespace sheaf

SHEAF_CONFORMANCE(memory, [] { return std::make_unique<sheaf::MemoryHarness>(); });
