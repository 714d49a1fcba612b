#include "bench/documents.hpp"

#include <array>
#include <random>

namespace sheaf::bench {

namespace {

std::string padded(std::size_t number, std::size_t width) {
    std::string text = std::to_string(number);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

std::string make_json(const std::string& id, std::size_t number, std::mt19937_64& random) {
    static constexpr std::array cities = {"Kyoto", "Lima",  "Oslo",    "Quito",  "Bergen", "Porto",  "Turin", "Izmir",
                                          "Cork",  "Ghent", "Nairobi", "Hobart", "Lyon",   "Aarhus", "Split", "Graz"};
    static constexpr std::array tags = {"new", "vip", "beta", "staff", "trial"};
    const std::string n = std::to_string(number);
    const auto pick = [&](const auto& list) { return std::string(list[random() % list.size()]); };
    const auto last_tag = [&] {
        const std::string picked = pick(tags);
        return number % 100 == 7 ? std::string(rare_tag) : picked;
    };
    return R"({"_id":")" + id + R"(","name":"User Number )" + n + R"(","email":"user)" + n + R"(@example.com","age":)" +
           std::to_string(random() % 80) + R"(,"active":)" + (random() % 2 == 0 ? "true" : "false") + R"(,"score":)" +
           std::to_string(random() % 10000) + ".25" + R"(,"address":{"street":")" + n + R"( Main Street","city":")" +
           pick(cities) + R"(","zip":")" + padded(random() % 100000, 5) + R"("},"tags":[")" + pick(tags) + R"(",")" +
           last_tag() + R"("],"createdAt":")" + "2024-05-" + padded(1 + random() % 28, 2) + R"(T12:00:00Z"})";
}

}  // namespace

std::vector<Sample> make_samples(std::size_t count, std::size_t first) {
    std::mt19937_64 random(42 + first);
    std::vector<Sample> samples;
    samples.reserve(count);
    for (std::size_t i = first; i < first + count; ++i) {
        Sample sample;
        sample.id = "018f" + padded(i / 10'000'000, 4) + "-" + padded(i / 1000 % 10'000, 4) + "-7" +
                    padded(i % 1000, 3) + "-8" + padded(random() % 1000, 3) + "-" +
                    padded(random() % 1'000'000'000'000, 12);
        sample.json = make_json(sample.id, i, random);
        sample.document = Document::from_json(sample.json);
        samples.push_back(std::move(sample));
    }
    return samples;
}

Document two_field_filter() {
    return Document::from_json(R"({"age": {"$gt": 54}, "address.city": "Kyoto"})");
}

}  // namespace sheaf::bench
