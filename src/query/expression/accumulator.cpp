#include "query/expression/accumulator.hpp"
