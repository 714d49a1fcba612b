// Everything that an application needs.
#pragma once

#include <sheaf/copy.hpp>
#include <sheaf/database.hpp>
#include <sheaf/error.hpp>
#include <sheaf/json.hpp>
#include <sheaf/open.hpp>
#include <sheaf/version.hpp>
