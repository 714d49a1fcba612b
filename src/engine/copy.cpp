// copy(): collection after collection, each its documents in batches and then its indexes; at last the comparison.
//
// Every batch is a transaction of the destination, and so is what is recorded of how far the copy has come
// (copy_marks.hpp). The source is read in one transaction.
#include <sheaf/copy.hpp>

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

#include "engine/collections.hpp"
#include "engine/comparison.hpp"
#include "engine/copy_marks.hpp"
#include "engine/copy_rows.hpp"
#include "engine/run_and_commit.hpp"

namespace sheaf {

namespace engine {

namespace {

constexpr int conflict_retries = 10;

bool has_documents(driver::Transaction& tx, const std::string& collection) {
    driver::RowView row;
    return tx.find_table(collection) && tx.scan(collection, {})->next(row);
}

std::string quoted_list(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text.append(text.empty() ? "\"" : ", \"").append(name).append("\"");
    return text;
}

bool is_about_a_document(Code code) {
    return code == Code::duplicate_key || code == Code::invalid_document || code == Code::invalid_id ||
           code == Code::limit_exceeded || code == Code::unsupported;
}

class Copy {
public:
    Copy(const std::shared_ptr<Store>& from, const std::shared_ptr<Store>& to, Database& destination,
         const CopyOptions& options)
        : to_(to),
          destination_(destination),
          options_(options),
          source_(from, {.control = options.control}),
          names_(chosen_names(options.collections, collections_of(source_.tx()), "the source")) {}

    CopyResult run() {
        change([&](driver::Transaction& tx) { claim(tx); });
        CopyResult result;
        for (const std::string& name : names_) {
            CopiedCollection& copied = result.collections.emplace_back(CopiedCollection{.name = name});
            copy_documents(copied);
            make_indexes(copied);
        }
        if (options_.verify) result.comparison = verified();
        if (result.good()) change([&](driver::Transaction& tx) { remove_marks(tx, names_); });
        return result;
    }

private:
    using Change = std::function<void(driver::Transaction&)>;

    driver::BeginOptions writing() const { return {.mode = driver::Mode::write, .control = options_.control}; }
    void change(const Change& what) const {
        run_and_commit(to_, writing(), conflict_retries, [&](const auto& session) { what(session->tx()); });
    }
    void tell(CopyStep step, const std::string& name, std::int64_t done, std::int64_t total) const {
        if (options_.progress) options_.progress({step, name, done, total});
    }

    void claim(driver::Transaction& tx);
    void restart(driver::Transaction& tx, CopyMarks& begun) const;
    static std::int64_t documents_of(driver::Transaction& tx, const std::string& name);
    void require_unused(driver::Transaction& tx, const std::string& name, const CopyMark& mark) const;
    void require_whole(driver::Transaction& tx, const std::string& name, const CopyMark& mark) const;
    void copy_documents(CopiedCollection& copied);
    void put(const std::string& name, std::span<const Prepared> batch, const CopyMark& before, const CopyMark& after);
    [[noreturn]] void refuse(const std::string& name, std::span<const Prepared> batch, const Error& error);
    void make_indexes(CopiedCollection& copied);
    CompareResult verified();

    const std::shared_ptr<Store>& to_;
    Database& destination_;
    const CopyOptions& options_;
    Session source_;
    const std::vector<std::string> names_;
    CopyMarks marks_{};  // as the destination has them
};

// Before anything is copied: what is there already, and whose it is.
void Copy::claim(driver::Transaction& tx) {
    CopyMarks begun = read_marks(tx);
    if (options_.restart) restart(tx, begun);
    std::vector<std::string> taken;
    marks_.clear();
    for (const std::string& name : names_) {
        if (const auto found = begun.find(name); found != begun.end()) {
            require_whole(tx, name, found->second);
            marks_.insert(begun.extract(found));
        } else if (has_documents(tx, name)) {
            taken.push_back(name);
        } else {
            create_collection(tx, name);
            write_mark(tx, name, marks_[name]);
        }
    }
    if (!taken.empty()) {
        throw Error(Code::already_exists,
                    "the destination has documents in " + quoted_list(taken) +
                        " already; copy to another store, copy other collections only, or drop these there first",
                    {.collection = taken.front()});
    }
    if (options_.collections.empty() && !begun.empty()) {
        throw Error(Code::conflict,
                    "the unfinished copy in the destination has \"" + begun.begin()->first +
                        "\", which the source has not; begin anew with the option restart",
                    {.collection = begun.begin()->first});
    }
}

void Copy::restart(driver::Transaction& tx, CopyMarks& begun) const {
    std::vector<std::string> dropped;
    for (const auto& [name, mark] : begun) {
        const bool chosen = options_.collections.empty() || std::binary_search(names_.begin(), names_.end(), name);
        if (!chosen) continue;
        require_unused(tx, name, mark);
        dropped.push_back(name);
    }
    for (const std::string& name : dropped) {
        drop_collection(tx, name);
        begun.erase(name);
    }
    remove_marks(tx, dropped);
}

// -1: there is no such collection.
std::int64_t Copy::documents_of(driver::Transaction& tx, const std::string& name) {
    return tx.find_table(name) ? tx.count(name, {}, 0) : -1;
}

// A mark may be left of a copy that somebody has begun to use all the same: what they have put there is not ours.
void Copy::require_unused(driver::Transaction& tx, const std::string& name, const CopyMark& mark) const {
    const std::int64_t documents = documents_of(tx, name);
    if (documents < 0 || documents == mark.documents) return;
    throw Error(Code::conflict,
                "somebody uses the unfinished copy of \"" + name + "\" in the destination: it has " +
                    std::to_string(documents) + " documents where " + std::to_string(mark.documents) +
                    " were copied; when nobody needs it any more, drop that collection there, and restart then",
                {.collection = name});
}

void Copy::require_whole(driver::Transaction& tx, const std::string& name, const CopyMark& mark) const {
    require_unused(tx, name, mark);
    if (documents_of(tx, name) >= 0) return;
    throw Error(Code::conflict,
                "somebody has dropped the unfinished copy of \"" + name +
                    "\" in the destination; begin anew with the option restart",
                {.collection = name});
}

void Copy::copy_documents(CopiedCollection& copied) {
    const std::string& name = copied.name;
    const std::int64_t total = source_.tx().estimate(name);
    CopyRows rows(source_, name, to_->limits());
    CopyMark& mark = marks_[name];
    rows.skip(mark, options_.control, [&](std::int64_t done) { tell(CopyStep::checking, name, done, mark.documents); });
    copied.resumed = mark.documents;
    for (;;) {
        const std::vector<Prepared> batch = rows.next_batch(options_.control);
        if (batch.empty()) break;
        put(name, batch, mark, rows.mark());
        mark = rows.mark();
        tell(CopyStep::copying, name, mark.documents, std::max(total, mark.documents));
    }
    copied.documents = mark.documents;
}

void Copy::put(const std::string& name, std::span<const Prepared> batch, const CopyMark& before,
               const CopyMark& after) {
    try {
        run_and_commit(to_, writing(), conflict_retries, [&](const std::shared_ptr<Session>& session) {
            if (read_mark(session->tx(), name) != before) {
                throw Error(Code::conflict, "another copy works on \"" + name + "\" in the destination",
                            {.collection = name});
            }
            Writer writer(*session, name, options_.control);
            writer.insert(batch, ExpectedVersion::any());
            write_mark(session->tx(), name, after);
            writer.finish();
        });
    } catch (const Error& error) {
        if (!is_about_a_document(error.code())) throw;
        refuse(name, batch, error);
    }
}

// A refused batch has left nothing behind. Here its documents go in one by one, to see which one it is, and out again.
void Copy::refuse(const std::string& name, std::span<const Prepared> batch, const Error& error) {
    Session session(to_, writing());
    Writer writer(session, name, options_.control);
    for (const Prepared& document : batch) {
        try {
            writer.insert({&document, 1}, ExpectedVersion::any());
        } catch (const Error& own) {
            if (!is_about_a_document(own.code())) throw;
            throw own.with_context("document " + id_text_of(document.key, document.body()) + " of \"" + name +
                                   "\" cannot be put into the destination: ");
        }
    }
    throw error;
}

void Copy::make_indexes(CopiedCollection& copied) {
    const std::string& name = copied.name;
    const auto info = source_.store().catalog().find(source_.tx(), name);
    Collection collection = destination_.collection(name);
    BuildOptions build{.control = options_.control};
    build.progress = [&](const BuildProgress& progress) {
        tell(CopyStep::indexing, name, progress.done, progress.total);
    };
    for (const auto& index : info->indexes) {
        if (index->state != IndexState::ready) {
            copied.left_out.push_back(index->name);
            continue;
        }
        try {
            collection.ensure_index(index->definition, build);
        } catch (const Error& error) {
            throw error.with_context("the index \"" + index->name + "\" of \"" + name + "\": ");
        }
        copied.indexes.push_back(index->name);
    }
}

// What the source has is known from copying it: it is read once more only where the destination has something else.
CompareResult Copy::verified() {
    Session destination(to_, {.control = options_.control});
    const CompareOptions options{.progress = options_.progress, .control = options_.control};
    CompareResult result;
    for (const std::string& name : names_) {
        const CopyMark& mark = marks_[name];
        CollectionComparison::Side first{.exists = true, .documents = mark.documents, .hash = hex_of(mark.hash)};
        CollectionComparison::Side second = read_side(destination, name, options, 0, mark.documents);
        result.collections.push_back(
            compare_collections(source_, destination, name, std::move(first), std::move(second), options_.control));
    }
    return result;
}

}  // namespace

}  // namespace engine

CopyResult copy(const Database& from, Database& to, const CopyOptions& options) {
    const std::shared_ptr<engine::Store>& source = store_of(from);
    const std::shared_ptr<engine::Store>& destination = store_of(to);
    if (source == destination) throw Error(Code::invalid_argument, "a store cannot be copied to itself");
    return engine::Copy(source, destination, to, options).run();
}

}  // namespace sheaf
