#include "engine/sorted_runs.hpp"

#include <algorithm>
#include <utility>

#include <sheaf/error.hpp>

namespace sheaf::engine {

namespace {

constexpr std::size_t smallest_buffer = 4096;
constexpr std::size_t largest_buffer = 256U * 1024;
constexpr std::uint64_t rows_between_checks = 1024;

}  // namespace

// One run, read through a buffer that holds at least one row.
class SortedRuns::Reader {
public:
    Reader(const TempFile& file, Run run, std::size_t buffer_bytes)
        : file_(file), next_(run.begin), end_(run.end), buffer_(buffer_bytes, '\0') {}

    // Moves to the next row; false at the end.
    bool next() {
        begin_ += row_bytes_;
        row_bytes_ = 0;
        if (begin_ == filled_ && next_ == end_) return false;
        require(sizeof(SortRow::Head));
        row_bytes_ = SortRow(buffer_.data() + begin_).size();
        require(row_bytes_);
        entry_ = SortEntry(SortRow(buffer_.data() + begin_));
        return true;
    }
    const SortEntry& entry() const { return entry_; }

private:
    // Makes sure that so many bytes from begin_ on are in the buffer.
    void require(std::size_t bytes) {
        const std::size_t held = filled_ - begin_;
        if (bytes <= held) return;
        if (bytes - held > end_ - next_) throw Error(Code::corrupt, "a row of a sort's temporary file ends early");
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
        begin_ = 0;
        filled_ = held;
        if (bytes > buffer_.size()) buffer_.resize(bytes);
        const std::size_t count = std::min<std::uint64_t>(buffer_.size() - held, end_ - next_);
        file_.read(next_, {buffer_.data() + held, count});
        next_ += count;
        filled_ += count;
    }

    const TempFile& file_;
    std::uint64_t next_;  // in the file
    std::uint64_t end_;
    Bytes buffer_;
    std::size_t begin_ = 0;  // of the current row, in the buffer
    std::size_t row_bytes_ = 0;
    std::size_t filled_ = 0;
    SortEntry entry_;
};

// Several runs as one.
class SortedRuns::Merge {
public:
    Merge(const TempFile& file, std::span<const Run> runs, std::size_t buffer_bytes) {
        readers_.reserve(runs.size());
        for (const Run& run : runs) {
            Reader& reader = readers_.emplace_back(file, run, buffer_bytes);
            if (reader.next()) heap_.push_back(&reader);
        }
        std::make_heap(heap_.begin(), heap_.end(), is_later);
    }

    bool next(SortRow& row) {
        if (lent_) advance();
        lent_ = !heap_.empty();
        if (lent_) row = heap_.front()->entry().row;
        return lent_;
    }

private:
    static bool is_later(const Reader* a, const Reader* b) { return b->entry() < a->entry(); }

    void advance() {
        std::pop_heap(heap_.begin(), heap_.end(), is_later);
        if (heap_.back()->next()) {
            std::push_heap(heap_.begin(), heap_.end(), is_later);
        } else {
            heap_.pop_back();
        }
    }

    std::vector<Reader> readers_;
    std::vector<Reader*> heap_;  // of those that have a row; the first row on top
    bool lent_ = false;          // the row on top
};

SortedRuns::SortedRuns(RunsOptions options)
    : options_(std::move(options)), buffer_bytes_(buffer_bytes(options_.memory)), file_(options_.directory) {
    buffer_.reserve(buffer_bytes_);
}

SortedRuns::~SortedRuns() = default;

std::size_t SortedRuns::buffer_bytes(std::size_t memory) {
    return std::clamp(memory / 16, smallest_buffer, largest_buffer);
}

// Each run that is read takes a buffer, which grows where a row is larger; so does the run that is written.
std::size_t SortedRuns::fan_in() const {
    const std::size_t buffers = options_.memory / std::max(buffer_bytes_, 2 * largest_row_);
    return std::clamp<std::size_t>(buffers, 3, std::max<std::size_t>(options_.fan_in, 2) + 1) - 1;
}

void SortedRuns::write(SortRow row) {
    const std::size_t size = row.size();
    largest_row_ = std::max(largest_row_, size);
    if (buffer_.size() + size > buffer_bytes_) flush();
    buffer_.append(row.data(), size);
}

void SortedRuns::flush() {
    if (other_file_ + file_.size() + buffer_.size() > options_.disk) {
        throw Error(Code::limit_exceeded, "the sort needs more than " + std::to_string(options_.disk) +
                                              " bytes of disk; give a limit or a narrower filter");
    }
    file_.append(buffer_);
    flushed_ += buffer_.size();
    if (buffer_.capacity() > 2 * buffer_bytes_) buffer_ = Bytes();  // a large row has made it grow
    buffer_.clear();
}

void SortedRuns::end_run() {
    flush();
    if (flushed_ == run_begin_) return;
    runs_.push_back({run_begin_, flushed_});
    run_begin_ = flushed_;
}

void SortedRuns::open(const Control& control) {
    while (runs_.size() > fan_in()) merge_pass(control);
    buffer_ = Bytes();
    merge_ = std::make_unique<Merge>(file_, runs_, buffer_bytes_);
}

// Into a new file, so that the old one's room is free again after the pass.
void SortedRuns::merge_pass(const Control& control) {
    ++passes_;
    const TempFile source = std::exchange(file_, TempFile(options_.directory));
    const std::vector<Run> runs = std::exchange(runs_, {});
    other_file_ = source.size();
    flushed_ = run_begin_ = 0;
    const std::size_t width = fan_in();
    for (std::size_t begin = 0; begin < runs.size(); begin += width) {
        const std::span group = std::span(runs).subspan(begin, std::min(width, runs.size() - begin));
        Merge merge(source, group, buffer_bytes_);
        SortRow row;
        for (std::uint64_t written = 0; written < options_.keep && merge.next(row); ++written) {
            if (written % rows_between_checks == 0) control.check();
            write(row);
        }
        end_run();
    }
    other_file_ = 0;
}

bool SortedRuns::next(SortRow& row) {
    if (returned_ == options_.keep || !merge_->next(row)) return false;
    ++returned_;
    return true;
}

}  // namespace sheaf::engine
