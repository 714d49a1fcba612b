// Whether what a surface answered is what a case expects.
// Threads: free functions.
#pragma once

#include <string>
#include <vector>

#include "cases/case.hpp"
#include "cases/surface.hpp"

namespace sheaf::cases {

// Plays the case. Returns what is wrong, with what was given, done, expected and got; empty when all is well.
std::string play(Surface& surface, const Case& one);

}  // namespace sheaf::cases
