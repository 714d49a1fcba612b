#include "commands/explain.hpp"
#include "commands/options.hpp"
#include "commands/reply.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

struct Arguments : CommonArguments {
    std::string key{};
    Document filter{};
    Hint hint{};
};

void take_key(Arguments& arguments, View value) {
    arguments.key = std::string(value.string());
    if (arguments.key.find('\0') != std::string::npos) {
        query::fail(Code::invalid_argument, 31032, "the key has a zero byte", "key");
    }
}

constexpr Field<Arguments> fields[] = {
    {"distinct", Types::any, [](Arguments& a, View v) { a.collection = collection_name(v); }, Need::not_null},
    {"key", Types::string, take_key, Need::required},
    {"query", Types::object, [](Arguments& a, View v) { a.filter = document_of(v); }},
    {"hint", Types::any, [](Arguments& a, View v) { a.hint = Hint(v); }, Need::not_null},
    {"collation", Types::object, [](Arguments&, View v) { check_collation(v); }},
};

}  // namespace

Document distinct(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    const DistinctOptions options{
        .hint = arguments.hint.resolved(invocation.database, arguments.collection, arguments.control),
        .control = arguments.control};
    std::vector<Value> values =
        invocation.collection(arguments.collection).distinct(arguments.key, arguments.filter, options);
    return ObjectBuilder().add("values", std::move(values)).reply();
}

ExplainedQuery distinct_query(const Invocation& invocation) {
    const auto arguments = parse<Arguments>(invocation, fields);
    return {.collection = arguments.collection,
            .filter = arguments.filter,
            .options = {.hint = arguments.hint.resolved(invocation.database, arguments.collection, arguments.control),
                        .control = arguments.control}};
}

}  // namespace sheaf::commands
