#include <sheaf/description.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "document/encoder.hpp"
#include "engine/description.hpp"

namespace sheaf {

Document CollectionDescription::to_document() const {
    Bytes bytes;
    Encoder out(bytes);
    out.begin_object(6);
    out.key("name");
    out.string(name);
    out.key("documents");
    out.integer(documents);
    out.key("sampled");
    out.integer(sampled);
    out.key("hasArchived");
    out.boolean(has_archived);
    out.key("fields");
    out.begin_array(fields.size());
    for (const FieldDescription& field : fields) {
        out.begin_object(3);
        out.key("path");
        out.string(field.path);
        out.key("types");
        out.begin_array(field.types.size());
        for (const std::string& type : field.types) out.string(type);
        out.key("documents");
        out.integer(field.documents);
    }
    out.key("indexes");
    out.begin_array(indexes.size());
    for (const IndexInfo& index : indexes) out.raw(index.to_document().cbor());
    return Document::from_trusted(std::move(bytes));
}

namespace engine {

namespace {

// What is looked at, so that documents of a hostile shape cannot make the description large.
constexpr std::size_t max_depth = 10;
constexpr std::size_t max_elements = 100;  // of one array
constexpr std::size_t max_paths = 1000;
constexpr std::size_t max_path_bytes = 1000;

class FieldsSeen {
public:
    void add_document(View document) {
        ++documents_;
        add_members(document, {}, 1);
    }

    std::vector<FieldDescription> fields() const {
        std::vector<FieldDescription> fields;
        for (const auto& [path, field] : fields_) {
            FieldDescription& out = fields.emplace_back(FieldDescription{path, {}, field.documents});
            out.types.assign(field.types.begin(), field.types.end());
        }
        return fields;
    }

private:
    struct Field {
        std::set<std::string_view> types{};  // their names
        std::int64_t documents = 0;
        std::int64_t last_document = 0;
    };

    void add_members(View object, const std::string& prefix, std::size_t depth) {
        for (const auto& [key, value] : object.members()) {
            if (prefix.size() + key.size() > max_path_bytes) continue;
            std::string path = prefix;
            add(path.append(key), value, depth);
        }
    }

    void add(const std::string& path, View value, std::size_t depth) {
        const auto found = fields_.find(path);
        if (found == fields_.end() && fields_.size() == max_paths) return;
        Field& field = found == fields_.end() ? fields_[path] : found->second;
        field.types.insert(name(value.type()));
        if (std::exchange(field.last_document, documents_) != documents_) ++field.documents;
        if (depth < max_depth) add_inner(path, value, depth + 1);
    }

    void add_inner(const std::string& path, View value, std::size_t depth) {
        if (value.is_object()) return add_members(value, path + '.', depth);
        if (!value.is_array()) return;
        std::size_t left = max_elements;
        for (const View element : value.elements()) {
            if (left-- == 0) return;
            add(path, element, depth);
        }
    }

    std::map<std::string, Field> fields_;
    std::int64_t documents_ = 0;
};

}  // namespace

CollectionDescription describe_collection(driver::Transaction& tx, Store& store, const std::string& collection,
                                          std::int64_t sample, const Control& control) {
    CollectionDescription result{.name = collection};
    const auto info = store.catalog().find(tx, collection);
    if (info == nullptr) return result;
    FieldsSeen seen;
    const auto cursor = tx.scan(collection, {});
    driver::RowView row;
    while ((sample == 0 || result.sampled < sample) && cursor->next(row)) {
        control.check();
        if (row.meta.archived) continue;
        ++result.sampled;
        seen.add_document(View(row.body));
    }
    result.documents = tx.estimate(collection);
    result.fields = seen.fields();
    result.has_archived = info->has_archived;
    for (const auto& index : info->indexes) result.indexes.push_back(index->info());
    return result;
}

std::vector<IndexInfo> counted_indexes(driver::Transaction& tx, const CollectionInfo& info) {
    std::vector<IndexInfo> indexes;
    for (const auto& index : info.indexes) {
        indexes.push_back(index->info());
        indexes.back().entries = tx.count(index->table, {}, 0);
    }
    return indexes;
}

}  // namespace engine
}  // namespace sheaf
