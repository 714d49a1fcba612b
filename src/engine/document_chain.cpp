#include "engine/document_chain.hpp"

#include <array>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>

#include "document/key.hpp"

namespace sheaf::engine {

namespace {

constexpr std::int64_t documents_per_call = 1024;  // of progress

// 8 bytes each, the highest first.
template <std::size_t count>
std::array<char, 8 * count> bytes_of(const std::array<std::int64_t, count>& numbers) {
    std::array<char, 8 * count> bytes{};
    std::size_t at = 0;
    for (const std::int64_t number : numbers) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes.at(at++) = static_cast<char>(static_cast<std::uint64_t>(number) >> shift & 0xFFU);
        }
    }
    return bytes;
}

std::string hex(BytesView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += {digits[byte >> 4U], digits[byte & 0xFU]};
    }
    return text;
}

BytesView bytes_of(const Sha256& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

void DocumentChain::add(BytesView key, const driver::RowView& row) {
    const driver::RowMeta& meta = row.meta;
    stream_.add(bytes_of(hash_));
    // Lengths come first, so that no two documents give the same bytes.
    const auto head =
        bytes_of(std::array{static_cast<std::int64_t>(key.size()), static_cast<std::int64_t>(row.body.size()),
                            meta.version.value, std::int64_t{meta.archived}, meta.created.ms, meta.updated.ms});
    stream_.add({head.data(), head.size()});
    stream_.add(key);
    stream_.add(row.body);
    hash_ = stream_.finish();
    ++documents_;
}

std::string hex_of(const Sha256& hash) {
    return hex(bytes_of(hash));
}

DocumentChain chain_of(driver::Transaction& tx, std::string_view collection, const Control& control,
                       const DocumentsDone& done) {
    DocumentChain chain;
    const auto cursor = tx.scan(collection, {});
    driver::RowView row;
    while (cursor->next(row)) {
        control.check();
        chain.add(cursor->key(), row);
        if (chain.documents() % documents_per_call == 0) done(chain.documents());
    }
    return chain;
}

std::string id_text_of(BytesView key, BytesView body) {
    try {
        if (const View id = View(body)["_id"]) return to_json(id);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the key tells
    }
    return is_string_key(key) ? to_json(Value(decode_string_key(key))) : "with the key " + hex(key);
}

}  // namespace sheaf::engine
