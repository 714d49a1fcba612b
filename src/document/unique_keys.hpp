// Finds equal keys of one object: cheap for the few keys of most objects, n log n for many.
#pragma once

#include <span>
#include <string_view>

namespace sheaf {

// A key that occurs more than once, or nullptr. Reorders the keys.
const std::string_view* find_equal_key(std::span<std::string_view> keys);

}  // namespace sheaf
