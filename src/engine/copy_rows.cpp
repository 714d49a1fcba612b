#include "engine/copy_rows.hpp"

#include <utility>

#include <sheaf/error.hpp>

#include "document/cbor.hpp"
#include "document/key.hpp"

namespace sheaf::engine {

namespace {

// Enough to make the cost of a commit small, little enough to be lost and done again.
constexpr std::size_t batch_documents = 5000;
constexpr std::size_t batch_bytes = 8U * 1024 * 1024;
constexpr std::int64_t documents_per_call = 1024;            // of progress
constexpr std::int64_t max_version = 9'007'199'254'740'991;  // as of a record that is put back

// A stored document that is as sheaf writes them, and within the limits of another store.
void check_document(BytesView key, const driver::RowView& row, const Limits& limits) {
    const auto damaged = [](std::string_view why) { throw Error(Code::corrupt, "it is damaged: " + std::string(why)); };
    try {
        if (cbor::to_sheaf(row.body, limits) != row.body) damaged("its encoding is not that of sheaf");
        if (encode_id(View(row.body)["_id"], limits) != key) damaged("its _id is not that of its key");
    } catch (const Error& error) {
        if (error.code() == Code::limit_exceeded || error.code() == Code::corrupt) throw;
        if (error.code() == Code::invalid_id && key.size() > limits.id_bytes) throw;
        damaged(error.message());
    }
    if (row.meta.version.value < 1 || row.meta.version.value > max_version) damaged("its version is out of range");
}

}  // namespace

CopyRows::CopyRows(Session& source, std::string collection, const Limits& limits)
    : collection_(std::move(collection)), limits_(limits), cursor_(source.tx().scan(collection_, {})) {
    advance();
}

void CopyRows::count_in() {
    chain_.add(cursor_->key(), row_);
    mark_.rid = row_.meta.rid;
}

void CopyRows::skip(const CopyMark& mark, const Control& control, const DocumentsDone& done) {
    while (!at_end_ && row_.meta.rid <= mark.rid) {
        control.check();
        count_in();
        if (chain_.documents() % documents_per_call == 0) done(chain_.documents());
        advance();
    }
    mark_ = {.rid = mark.rid, .documents = chain_.documents(), .hash = chain_.hash()};
    if (mark_ == mark) return;
    throw Error(
        Code::conflict,
        "the " + std::to_string(mark.documents) + " documents of \"" + collection_ +
            "\" that an unfinished copy has put into the destination are not the first ones that the source "
            "has now: they have changed since, or it is the copy of another source; begin anew with the option restart",
        {.collection = collection_});
}

std::vector<Prepared> CopyRows::next_batch(const Control& control) {
    std::vector<Prepared> batch;
    std::size_t bytes = 0;
    while (!at_end_ && batch.size() < batch_documents && bytes < batch_bytes) {
        control.check();
        batch.push_back(prepared());
        bytes += row_.body.size() + batch.back().key.size();
        count_in();
        advance();
    }
    mark_.documents = chain_.documents();
    mark_.hash = chain_.hash();
    return batch;
}

Prepared CopyRows::prepared() const {
    const BytesView key = cursor_->key();
    try {
        check_document(key, row_, limits_);
    } catch (const Error& error) {
        throw error.with_context("document " + id_text_of(key, row_.body) + " of \"" + collection_ + "\": ");
    }
    return {.key = Bytes(key), .changed = Bytes(row_.body), .meta = row_.meta};
}

}  // namespace sheaf::engine
