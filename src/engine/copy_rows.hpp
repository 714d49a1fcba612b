// CopyRows: the documents of a collection in the source, in the order of insertion and in batches, ready to be stored
// in the destination as they are.
//
// Threads: one at a time. Borrows the session of the source and the limits of the destination.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <sheaf/limits.hpp>

#include "engine/copy_marks.hpp"
#include "engine/document_chain.hpp"
#include "engine/store.hpp"
#include "engine/writer.hpp"

namespace sheaf::engine {

class CopyRows {
public:
    CopyRows(Session& source, std::string collection, const Limits& limits);

    // Passes over what was copied already. Throws conflict when that is no longer what the source has.
    void skip(const CopyMark& mark, const Control& control, const DocumentsDone& done);
    // The next documents; none at the end. Throws limit_exceeded, invalid_id for what the destination cannot hold,
    // corrupt for a damaged document.
    std::vector<Prepared> next_batch(const Control& control);
    // Of everything up to the end of the batch.
    const CopyMark& mark() const { return mark_; }

private:
    void advance() { at_end_ = !cursor_->next(row_); }
    void count_in();
    Prepared prepared() const;

    std::string collection_;
    const Limits& limits_;
    std::unique_ptr<driver::Cursor> cursor_;
    driver::RowView row_{};  // the next one to be taken
    bool at_end_ = false;
    DocumentChain chain_{};
    CopyMark mark_{};
};

}  // namespace sheaf::engine
