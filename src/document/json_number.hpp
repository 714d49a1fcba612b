// Finite doubles as JSON text.
#pragma once

#include <string>

namespace sheaf {

// The shortest digits that read back to the same bits, always with a fraction or an exponent, the latter only below
// 1e-4 and from 1e16 on: 5.0, 0.1, -0.0, 1e+300. REQUIRES: value is finite.
void append_json_number(std::string& out, double value);

}  // namespace sheaf
