#include "bench/fixture.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <random>

namespace sheaf::bench {

namespace {

constexpr std::size_t per_transaction = 50'000;

std::size_t& count() {
    static std::size_t documents = 100'000;
    return documents;
}

class Workspace {
public:
    Workspace()
        : path_(std::filesystem::temp_directory_path() / ("sheaf-bench-" + std::to_string(std::random_device()()))) {
        std::filesystem::create_directory(path_);
    }
    ~Workspace() { std::filesystem::remove_all(path_); }
    std::string file() { return (path_ / (std::to_string(next_++) + ".db")).string(); }

private:
    std::filesystem::path path_;
    int next_ = 0;
};

Workspace& workspace() {
    static Workspace instance;
    return instance;
}

}  // namespace

std::size_t document_count() {
    return count();
}

void set_document_count(std::size_t documents) {
    count() = documents;
}

const std::vector<Sample>& samples() {
    static const std::vector<Sample> instance = make_samples(document_count());
    return instance;
}

std::string new_file() {
    return workspace().file();
}

std::string url(const std::string& mode) {
    return mode == "memory" ? "memory:" : "sqlite:" + new_file() + "?durability=" + mode;
}

void fill(Database& database) {
    std::vector<Document> documents;
    for (std::size_t begin = 0; begin < samples().size(); begin += per_transaction) {
        documents.clear();
        for (std::size_t i = begin; i < std::min(begin + per_transaction, samples().size()); ++i) {
            documents.push_back(samples()[i].document);
        }
        database.collection("docs").insert_many(documents);
    }
}

void fill(RawSqlite& raw, bool json_text) {
    raw.begin();
    for (const Sample& sample : samples()) raw.insert(sample.id, json_text ? sample.json : sample.document.cbor());
    raw.commit();
}

Database& filled_store(const std::string& mode, With indexes) {
    static std::map<std::pair<std::string, With>, Database> stores;
    const auto key = std::make_pair(mode, indexes);
    const auto found = stores.find(key);
    if (found != stores.end()) return found->second;
    Database database = open(url(mode));
    fill(database);
    if (indexes != With::no_indexes) make_indexes(database.collection("docs"));
    if (indexes == With::indexes) database.collection("docs").create_index(Document{{"tags", 1}});
    return stores.emplace(key, database).first->second;
}

RawSqlite& filled_raw(bool json_text, With indexes) {
    static std::map<std::pair<bool, With>, std::unique_ptr<RawSqlite>> stores;
    auto& store = stores[{json_text, indexes}];
    if (store == nullptr) {
        store = std::make_unique<RawSqlite>(new_file(), false);
        fill(*store, json_text);
        if (indexes != With::no_indexes) make_indexes(*store);
    }
    return *store;
}

void make_indexes(Collection docs) {
    for (const char* field : {"email", "age", "score", "address.city"}) docs.create_index(Document{{field, 1}});
}

void make_indexes(RawSqlite& raw) {
    for (const std::string field : {"email", "age", "score", "address.city"}) {
        raw.execute("CREATE INDEX \"by_" + field + "\" ON docs(json_extract(data, '$." + field + "'))");
    }
}

}  // namespace sheaf::bench
