// cas_worker STORE INCREMENTS: increments the counter with expected_version and prints how many updates succeeded.
#include <charconv>
#include <exception>
#include <iostream>
#include <string_view>

#include "concurrency/cas.hpp"

int main(int argc, char** argv) {
    try {
        if (argc != 3) return 2;
        const std::string_view text(argv[2]);
        int increments = 0;
        std::from_chars(text.data(), text.data() + text.size(), increments);
        const sheaf::Database database = sheaf::open(argv[1]);
        std::cout << sheaf::concurrency::increment(database.collection("counters"), increments, 10'000).successes
                  << '\n';
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "cas_worker: " << error.what() << '\n';
        return 1;
    }
}
