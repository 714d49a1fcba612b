#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "document/encoder.hpp"
#include "document/key.hpp"
#include "query/expression/accumulators/accumulators.hpp"
#include "query/operand.hpp"

namespace sheaf::query {

namespace {

constexpr std::size_t entry_bytes = 80;  // what a container spends on an entry, roughly

// Encoded values in a row.
class Row {
public:
    void append(View value) {
        bytes_ += value.encoded();
        ++count_;
    }
    View array(Scratch& scratch) const {
        Bytes array;
        Encoder encoder(array);
        encoder.begin_array(count_);
        encoder.raw(bytes_);
        return scratch.copy(View(array));
    }
    std::size_t memory() const { return bytes_.capacity(); }

private:
    Bytes bytes_;
    std::uint64_t count_ = 0;
};

// Values of which no two are equivalent (5 and 5.0 are), in the order in which they came.
class DistinctRow {
public:
    void append(View value) {
        Bytes key = encode_key(value);
        const std::size_t size = key.capacity() + entry_bytes;
        if (!keys_.insert(std::move(key)).second) return;
        keys_size_ += size;
        row_.append(value);
    }
    View array(Scratch& scratch) const { return row_.array(scratch); }
    std::size_t memory() const { return row_.memory() + keys_size_; }

private:
    Row row_;
    std::unordered_set<Bytes> keys_;
    std::size_t keys_size_ = 0;
};

// $push and $addToSet: every value that is not missing.
template <typename Collection>
class Collected final : public Accumulator {
public:
    void add(View value) override {
        if (value) values_.append(value);
    }
    View result(Scratch& scratch) const override { return values_.array(scratch); }
    std::size_t memory() const override { return values_.memory(); }

private:
    Collection values_;
};

// $concatArrays and $setUnion: the elements of arrays.
template <typename Collection>
class Joined final : public Accumulator {
public:
    explicit Joined(std::string_view op) : op_(op) {}
    void add(View value) override {
        if (!value) return;
        if (!value.is_array()) {
            fail(Code::type_mismatch, std::string(op_) + " takes arrays, not " + describe(value), {}, op_);
        }
        for (const View element : value.elements()) values_.append(element);
    }
    View result(Scratch& scratch) const override { return values_.array(scratch); }
    std::size_t memory() const override { return values_.memory(); }

private:
    std::string_view op_;
    Collection values_;
};

// A later member replaces an earlier one of the same name in its place.
class Merged final : public Accumulator {
public:
    void add(View value) override {
        if (is_nullish(value)) return;
        if (!value.is_object()) {
            fail_expression(5911200, "$mergeObjects", "takes objects, not " + describe(value));
        }
        for (const auto& [key, member] : value.members()) set(key, member);
    }
    View result(Scratch& scratch) const override {
        std::vector<MemberView> members;
        members.reserve(members_.size());
        for (const auto& [key, value] : members_) members.push_back({key, View(value)});
        return scratch.object(members);
    }
    std::size_t memory() const override { return memory_; }

private:
    void set(std::string_view key, View value) {
        const auto [place, added] = places_.try_emplace(std::string(key), members_.size());
        if (added) {
            members_.emplace_back(place->first, Bytes());
            memory_ += 2 * key.size() + 2 * entry_bytes;
        }
        Bytes& bytes = members_[place->second].second;
        memory_ -= bytes.capacity();
        bytes = value.encoded();
        memory_ += bytes.capacity();
    }

    std::vector<std::pair<std::string, Bytes>> members_;
    std::unordered_map<std::string, std::size_t> places_;
    std::size_t memory_ = 0;
};

}  // namespace

AccumulatorPtr make_push(const AccumulatorSettings&) {
    return std::make_unique<Collected<Row>>();
}

AccumulatorPtr make_add_to_set(const AccumulatorSettings&) {
    return std::make_unique<Collected<DistinctRow>>();
}

AccumulatorPtr make_concat_arrays(const AccumulatorSettings&) {
    return std::make_unique<Joined<Row>>("$concatArrays");
}

AccumulatorPtr make_set_union(const AccumulatorSettings&) {
    return std::make_unique<Joined<DistinctRow>>("$setUnion");
}

AccumulatorPtr make_merge_objects(const AccumulatorSettings&) {
    return std::make_unique<Merged>();
}

}  // namespace sheaf::query
