#include "storage/sqlite/key_column.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "document/key.hpp"

namespace sheaf::sqlite {
namespace {

using driver::KeyRange;
using driver::TableKind;

// All byte strings over the alphabet of at most `size` bytes.
std::vector<Bytes> all_over(const Bytes& alphabet, std::size_t size) {
    std::vector<Bytes> all = {""};
    for (std::size_t from = 0, length = 0; length < size; ++length) {
        const std::size_t end = all.size();
        for (; from < end; ++from) {
            for (const char byte : alphabet) all.push_back(all[from] + byte);
        }
    }
    return all;
}

TEST(TextBound, DividesStringsAsTheirKeysAreDivided) {
    const Bytes alphabet("\x00\x01\xFE\xFF", 4);
    const std::vector<Bytes> strings = all_over(alphabet, 3);
    for (const Bytes& rest : all_over(alphabet, 5)) {
        const Bytes bound = static_cast<char>(key_tag::string) + rest;
        const Bytes text = text_bound(bound);
        for (const Bytes& string : strings) {
            ASSERT_EQ(encode_string_key(string) >= bound, string >= text)
                << ::testing::PrintToString(string) << " against " << ::testing::PrintToString(bound);
        }
    }
}

// Where a key stands in the column: SQLite compares every text as less than every blob.
bool column_less(const KeyBound& a, const KeyBound& b) {
    return a.text != b.text ? a.text : a.value < b.value;
}

bool contains(const KeySegment& segment, const KeyBound& key) {
    return !column_less(key, segment.lower) && (!segment.upper || column_less(key, *segment.upper));
}

TEST(Segments, HoldExactlyTheKeysOfTheRangeInTheirOrder) {
    std::vector<Bytes> keys;
    for (const Bytes& text : {Bytes(), Bytes("a"), Bytes("ab"), Bytes("a\0", 2), Bytes("\xFF\xFF")}) {
        keys.push_back(encode_string_key(text));
    }
    for (const int tag : {0x10, 0x20, 0x2F, 0x31, 0x40, 0x60, 0xF0, 0xFF}) {
        for (const Bytes& rest : {Bytes(), Bytes("\0", 1), Bytes("x"), Bytes("\xFF")}) {
            keys.push_back(static_cast<char>(tag) + rest);
        }
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::optional<Bytes>> bounds(keys.begin(), keys.end());
    bounds.insert(bounds.end(), {std::nullopt, "", "0", "1", "0a", Bytes("0a\0\xFF", 4), "\xFF\xFF\xFF"});
    for (const auto& lower : bounds) {
        for (const auto& upper : bounds) {
            std::vector<Bytes> expected;
            for (const Bytes& key : keys) {
                if ((!lower || key >= *lower) && (!upper || key < *upper)) expected.push_back(key);
            }
            std::vector<Bytes> found;
            for (const KeySegment& segment : segments(TableKind::documents, KeyRange{lower, upper})) {
                for (const Bytes& key : keys) {
                    const KeyBound column{is_string_key(key), is_string_key(key) ? decode_string_key(key) : key};
                    if (contains(segment, column)) found.push_back(key);
                }
            }
            ASSERT_EQ(found, expected);
        }
    }
}

TEST(Segments, OrderedTablesHaveOne) {
    const std::vector<KeySegment> all = segments(TableKind::ordered, {});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0], (KeySegment{{false, ""}, std::nullopt}));
    EXPECT_TRUE(segments(TableKind::ordered, KeyRange{"b", "a"}).empty());
    EXPECT_TRUE(segments(TableKind::documents, KeyRange{"b", "b"}).empty());
}

}  // namespace
}  // namespace sheaf::sqlite
