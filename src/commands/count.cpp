#include "commands/explain.hpp"
#include "commands/options.hpp"
#include "commands/reply.hpp"

namespace sheaf::commands {

namespace {

struct Arguments : CommonArguments {
    Document filter{};
    std::int64_t limit = 0;
    std::int64_t skip = 0;
    Hint hint{};
};

// A negative limit counts as its amount, as for find in old drivers.
void take_limit(Arguments& arguments, View value) {
    const std::int64_t limit = whole_number("limit", value, INT64_MIN + 1);
    arguments.limit = limit < 0 ? -limit : limit;
}

constexpr Field<Arguments> fields[] = {
    {"count", Types::any, [](Arguments& a, View v) { a.collection = collection_name(v); }},
    {"query", Types::object, [](Arguments& a, View v) { a.filter = document_of(v); }},
    {"limit", Types::number, take_limit, Need::optional, 2},
    {"skip", Types::number, [](Arguments& a, View v) { a.skip = truncated_number("skip", v); }},
    {"hint", Types::any, [](Arguments& a, View v) { a.hint = Hint(v); }, Need::not_null},
    {"collation", Types::object, [](Arguments&, View v) { check_collation(v); }},
    {"fields", Types::any},
};

}  // namespace

Document count(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    const CountOptions options{
        .limit = arguments.limit,
        .skip = arguments.skip,
        .hint = arguments.hint.resolved(invocation.database, arguments.collection, arguments.control),
        .control = arguments.control};
    const std::int64_t n = invocation.collection(arguments.collection).count_documents(arguments.filter, options);
    return ObjectBuilder().add("n", n).reply();
}

ExplainedQuery count_query(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    return {.collection = arguments.collection,
            .filter = arguments.filter,
            .options = {.limit = arguments.limit,
                        .skip = arguments.skip,
                        .hint = arguments.hint.resolved(invocation.database, arguments.collection, arguments.control),
                        .control = arguments.control},
            .stage = "COUNT"};
}

}  // namespace sheaf::commands
