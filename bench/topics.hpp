// The topics of sheaf_bench. Each registers its rows, named "topic what/who" (bench/ratio_reporter.hpp).
// Threads: before the benchmarks run.
#pragma once

namespace sheaf::bench {

void add_basics();
void add_index_reads();
void add_index_writes();
void add_grouping();
void add_memory();
void add_postgres();

}  // namespace sheaf::bench
