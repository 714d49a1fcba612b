// Runs one function on several threads at once, each with its number, and waits for all.
// Threads: any.
#pragma once

#include <functional>
#include <thread>
#include <vector>

namespace sheaf::concurrency {

inline void run_together(int threads, const std::function<void(int)>& body) {
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([&body, i] { body(i); });
}

}  // namespace sheaf::concurrency
