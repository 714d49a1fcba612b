// What bounds and implies() promise, asked of random filters and documents.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "document/encoder.hpp"
#include "query/filter/filter_bounds_testing.hpp"
#include "query/index_keys.hpp"
#include "query/key_values.hpp"

namespace sheaf::query {
namespace {

// Values, documents and filters over few values and paths, so that they often meet.
class RandomQuery {
public:
    explicit RandomQuery(std::mt19937_64& random) : random_(random) {}

    Value scalar() {
        switch (random_() % 12) {
            case 0:
                return {};
            case 1:
                return random_() % 2 == 0;
            case 2:
                return random_() % 2 == 0 ? NAN : 1.5;
            case 3:
                return std::string(pick<const char*>({"", "a", "ab", "b", "abc"}));
            case 4:
                return DateTime{static_cast<std::int64_t>(random_() % 3)};
            case 5:
                return Binary{Bytes(random_() % 3, 'x')};
            case 6:
                return ObjectId{};
            case 7:
                return std::int64_t{9007199254740992} + static_cast<std::int64_t>(random_() % 3);
            default:
                return static_cast<std::int64_t>(random_() % 4);
        }
    }

    Value value(int depth) {
        const auto kind = depth == 0 ? 0 : random_() % 5;
        if (kind < 2) return scalar();
        if (kind < 4) return array(depth);
        return object(depth - 1);
    }

    Array array(int depth) {
        Array elements;
        for (auto count = random_() % 4; count > 0; --count) elements.push_back(value(depth - 1));
        return elements;
    }

    Object object(int depth) {
        Object members;
        for (const char* name : {"a", "b", "c", "0"}) {
            if (random_() % 5 < 3) members.append(name, value(depth));
        }
        return members;
    }

    Object filter(int depth) {
        Object members;
        for (auto count = 1 + random_() % 2; count > 0; --count) add_condition(members, depth);
        return members;
    }

    // One condition of the kinds that may be exact.
    Object single() { return Object({{path(), operators(0)}}); }

    // One that many documents match.
    Object simple() {
        const char* name = pick<const char*>({"$eq", "$gt", "$gte", "$lt", "$lte", "$in", "$exists", "$type"});
        const std::string_view op = name;
        Value operand = op == "$in"       ? Value::array({scalar(), scalar()})
                        : op == "$exists" ? Value(true)
                        : op == "$type"   ? Value("number")
                                          : scalar();
        return Object({{pick<const char*>({"a", "b", "a.b"}), Value::object({{name, std::move(operand)}})}});
    }

    // An $elemMatch, maybe with others in it, and a document with arrays in arrays for it.
    Object element_filter() {
        return Object({{"a", Value::object({{"$elemMatch", element_conditions(2)}})}, {"d", small_condition()}});
    }
    Object element_document() {
        Array elements;
        for (auto count = 1 + random_() % 3; count > 0; --count) elements.push_back(element(2));
        return Object({{"a", std::move(elements)}, {"d", small()}});
    }

private:
    Value small() { return static_cast<std::int64_t>(random_() % 3); }
    Value small_condition() { return Value::object({{pick<const char*>({"$eq", "$gte", "$lte"}), small()}}); }

    Object element_conditions(int depth) {
        Object conditions;
        for (auto count = 1 + random_() % 3; count > 0; --count) {
            if (depth > 0 && random_() % 3 == 0) {
                conditions.set(pick<const char*>({"b", "c"}),
                               Value::object({{"$elemMatch", element_conditions(depth - 1)}}));
            } else {
                conditions.set(pick<const char*>({"b", "c", "b.b", "b.c", "c.b"}), small_condition());
            }
        }
        return conditions;
    }

    // An object with an array at most, since an index takes no more.
    Value element(int depth) {
        Object object;
        const char* with_array = pick<const char*>({"b", "c"});
        for (const char* name : {"b", "c"}) {
            if (random_() % 6 == 0) continue;
            Value inner = depth > 0 && random_() % 2 == 0 ? element(depth - 1) : small();
            if (random_() % 2 == 0 && std::string_view(name) == with_array) {
                Array elements;
                for (auto count = random_() % 4; count > 0; --count) {
                    elements.push_back(depth > 0 && random_() % 2 == 0 ? element(depth - 1) : small());
                }
                inner = std::move(elements);
            }
            object.append(name, std::move(inner));
        }
        return object;
    }

    template <typename T>
    T pick(std::initializer_list<T> choices) {
        return choices.begin()[random_() % choices.size()];
    }

    std::string path() { return pick<const char*>({"a", "a", "b", "a.b", "a.b", "a.b.c", "a.0", "a.b.0", "0"}); }

    void add_condition(Object& members, int depth) {
        if (depth > 0 && random_() % 4 == 0) {
            Array list;
            for (int i = 0; i < 2; ++i) list.emplace_back(filter(depth - 1));
            members.set(pick<const char*>({"$or", "$and", "$nor"}), std::move(list));
        } else {
            members.set(path(), random_() % 4 == 0 ? plain(value(2)) : operators(depth));
        }
    }

    // Implicit equality, or none where an object would be read as operators.
    static Value plain(Value value) { return value; }

    Value operators(int depth) {
        Object object;
        for (auto count = 1 + random_() % 2; count > 0; --count) add_operator(object, depth);
        return object;
    }

    void add_operator(Object& object, int depth) {
        switch (random_() % (depth > 0 ? 14 : 11)) {
            default:
                object.set(pick<const char*>({"$eq", "$gt", "$gte", "$lt", "$lte", "$ne"}), value(2));
                return;
            case 5:
            case 6: {
                Array list;
                for (auto count = random_() % 4; count > 0; --count) list.push_back(value(2));
                object.set(pick<const char*>({"$in", "$all", "$nin"}), std::move(list));
                return;
            }
            case 7:
                object.set("$exists", random_() % 2 == 0);
                return;
            case 8:
                object.set("$type",
                           Value::array({pick<const char*>({"int", "string", "object", "array", "null", "number"}),
                                         pick<const char*>({"double", "long", "bool", "date", "binData"})}));
                return;
            case 9:
                object.set("$regex", pick<const char*>({"^a", "^ab*", "b", "^$", "\\Aab"}));
                return;
            case 10:
                if (random_() % 2 == 0) {
                    object.set("$mod", Value::array({2, 1}));
                } else {
                    object.set("$size", 2);
                }
                return;
            case 11:
                object.set("$elemMatch", operators(depth - 1));
                return;
            case 12:
                object.set("$elemMatch", filter(depth - 1));
                return;
            case 13:
                object.set("$not", operators(depth - 1));
                return;
        }
    }

    std::mt19937_64& random_;
};

IndexKeys index_on(const Path& path) {
    const Bytes keys = encode(Value(Object({{join_path(path, path.size()), 1}})));
    return IndexKeys::parse(View(keys), limits);
}

bool any_within(const Intervals& intervals, const IndexKeys::Found& found) {
    return std::any_of(found.keys.begin(), found.keys.end(), [&](const Bytes& key) { return intervals.contains(key); });
}

// The bounds of which the document has no key; empty when all hold.
std::string broken(const FilterBounds& bounds, View document) {
    for (const Bound& bound : bounds.bounds) {
        if (!any_within(bound.intervals, index_on(bound.path).find(document))) {
            return join_path(bound.path, bound.path.size()) + ": " + shown(bound.intervals);
        }
    }
    for (const Disjunction& disjunction : bounds.disjunctions) {
        const bool holds = std::any_of(disjunction.branches.begin(), disjunction.branches.end(),
                                       [&](const FilterBounds& branch) { return broken(branch, document).empty(); });
        if (!holds) return "or";
    }
    return {};
}

// Whether one key of an index on the paths lies within all the bounds; yes where there can be no such index.
bool hold_together(const std::vector<const Bound*>& bounds, View document) {
    std::vector<KeyStep> steps;
    for (const Bound* bound : bounds) steps.push_back(follow_key(document, bound->path));
    bool found = false;
    const auto take = [&](std::span<const View> values) {
        bool within = true;
        for (std::size_t i = 0; i < values.size(); ++i) {
            within = within && bounds[i]->intervals.contains(encode_key(values[i]));
        }
        found = found || within;
    };
    return expand_keys(std::move(steps), take) || found;
}

// For each first part of a path the bounds of the element that is named first, or the first bound.
std::vector<const Bound*> one_for_each_field(const FilterBounds& bounds) {
    std::map<std::string, std::size_t> elements;
    std::vector<const Bound*> chosen;
    for (const Bound& bound : bounds.bounds) {
        const auto [place, fresh] = elements.try_emplace(bound.path.front().key, bound.element);
        if (fresh || (bound.element != 0 && bound.element == place->second)) chosen.push_back(&bound);
    }
    return chosen;
}

TEST(FilterBounds, HoldTogetherAsTheySay) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    RandomQuery make(random);
    int checked = 0;
    for (int i = 0; i < 20'000; ++i) {
        const Bytes bytes = encode(Value(make.element_filter()));
        const Filter filter = Filter::parse(View(bytes), limits);
        const FilterBounds bounds = filter.bounds();
        const std::vector<const Bound*> chosen = one_for_each_field(bounds);
        for (int k = 0; k < 10; ++k) {
            const Bytes document = encode(Value(make.element_document()));
            if (!filter.matches({View(document), {}})) continue;
            ++checked;
            ASSERT_TRUE(hold_together(chosen, View(document)))
                << to_json(View(bytes)) << " (" << shown(bounds) << ") on " << to_json(View(document));
        }
    }
    EXPECT_GT(checked, 1'000);
}

TEST(FilterBounds, HoldForEveryMatch) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    RandomQuery make(random);
    int checked = 0;
    int matched = 0;
    while (checked < 200'000) {
        const Bytes bytes = encode(Value(make.filter(2)));
        const Filter filter = Filter::parse(View(bytes), limits);
        const FilterBounds bounds = filter.bounds();
        for (int i = 0; i < 20; ++i, ++checked) {
            const Bytes document = encode(Value(make.object(2)));
            if (!filter.matches({View(document), {}})) continue;
            ++matched;
            ASSERT_EQ(broken(bounds, View(document)), "") << to_json(View(bytes)) << " on " << to_json(View(document));
        }
    }
    EXPECT_GT(matched, 20'000);
}

TEST(FilterBounds, ExactOnesSayAllWithoutArrays) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    RandomQuery make(random);
    int checked = 0;
    while (checked < 50'000) {
        const Bytes bytes = encode(Value(make.single()));
        const Filter filter = Filter::parse(View(bytes), limits);
        const FilterBounds bounds = filter.bounds();
        const bool exact =
            bounds.conditions == bounds.bounds.size() &&
            std::all_of(bounds.bounds.begin(), bounds.bounds.end(), [](const Bound& b) { return b.exact; });
        if (!exact) continue;
        for (int i = 0; i < 10; ++i) {
            const Bytes document = encode(Value(make.object(2)));
            const IndexKeys::Found found = index_on(bounds.bounds.front().path).find(View(document));
            if (found.multikey != 0) continue;
            ++checked;
            ASSERT_EQ(filter.matches({View(document), {}}), broken(bounds, View(document)).empty())
                << to_json(View(bytes)) << " on " << to_json(View(document));
        }
    }
}

TEST(FilterBounds, ImplicationHoldsForEveryMatch) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    RandomQuery make(random);
    int implied = 0;
    int checked = 0;
    for (int i = 0; i < 60'000; ++i) {
        const bool simple = random() % 4 != 0;
        const Bytes filter_bytes = encode(Value(simple ? make.simple() : make.filter(1)));
        const Bytes other_bytes = encode(Value(simple ? make.simple() : make.single()));
        const Filter filter = Filter::parse(View(filter_bytes), limits);
        const Filter other = Filter::parse(View(other_bytes), limits);
        if (!filter.implies(other)) continue;
        ++implied;
        for (int k = 0; k < 20; ++k) {
            const Bytes document = encode(Value(make.object(2)));
            if (!filter.matches({View(document), {}})) continue;
            ++checked;
            ASSERT_TRUE(other.matches({View(document), {}}))
                << to_json(View(filter_bytes)) << " implies " << to_json(View(other_bytes)) << " on "
                << to_json(View(document));
        }
    }
    EXPECT_GT(implied, 300);
    EXPECT_GT(checked, 300);
}

}  // namespace
}  // namespace sheaf::query
