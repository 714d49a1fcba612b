// cas_worker STORE INCREMENTS: increments the counter with expected_version and prints how many updates succeeded.
// cas_worker STORE KEYS claim: inserts a document for each key from 0 on into "claims", which has a unique index, and
// prints how many keys were still free.
#include <charconv>
#include <exception>
#include <iostream>
#include <string_view>

#include "concurrency/cas.hpp"
#include "concurrency/claims.hpp"

int main(int argc, char** argv) {
    using namespace sheaf::concurrency;
    try {
        const bool claims = argc == 4 && std::string_view(argv[3]) == "claim";
        if (argc != 3 && !claims) return 2;
        const std::string_view text(argv[2]);
        int count = 0;
        std::from_chars(text.data(), text.data() + text.size(), count);
        const sheaf::Database database = sheaf::open(argv[1]);
        const std::int64_t done = claims ? claim(database.collection("claims"), count)
                                         : increment(database.collection("counters"), count, 10'000).successes;
        std::cout << done << '\n';
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "cas_worker: " << error.what() << '\n';
        return 1;
    }
}
