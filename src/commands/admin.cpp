// Commands that tell a client what it is talking to.
#include <sheaf/version.hpp>

#include "commands/command.hpp"
#include "commands/reply.hpp"
#include "query/operand.hpp"

namespace sheaf::commands {

namespace {

constexpr Field<CommonArguments> ping_fields[] = {{"ping", Types::any}};
constexpr Field<CommonArguments> build_info_fields[] = {{"buildInfo", Types::any}};
constexpr Field<CommonArguments> hello_fields[] = {
    {"hello", Types::any},
    {"isMaster", Types::any},
    {"helloOk", Types::boolean_or_number},
    {"client", Types::object},
    {"compression", Types::array},
    {"loadBalanced", Types::boolean},
    {"hostInfo", Types::string},
    {"saslSupportedMechs", Types::string},
    {"speculativeAuthenticate", Types::object},
};

// The wire protocol of MongoDB 8.0, whose answers sheaf gives.
constexpr int newest_wire_version = 25;
constexpr int most_documents = 100'000;
constexpr int message_bytes = 48'000'000;

}  // namespace

Document ping(const Invocation& invocation) {
    parse<CommonArguments>(invocation, ping_fields);
    return ObjectBuilder().reply();
}

Document build_info(const Invocation& invocation) {
    parse<CommonArguments>(invocation, build_info_fields);
    ObjectBuilder reply;
    reply.add("version", SHEAF_VERSION).add("modules", Array()).add("bits", 64);
    return reply.add("maxBsonObjectSize", invocation.limits().document_bytes).reply();
}

Document hello(const Invocation& invocation) {
    parse<CommonArguments>(invocation, hello_fields);
    ObjectBuilder reply;
    reply.add("isWritablePrimary", true).add("ismaster", true).add("helloOk", true);
    reply.add("maxBsonObjectSize", invocation.limits().document_bytes);
    reply.add("maxMessageSizeBytes", message_bytes).add("maxWriteBatchSize", most_documents);
    reply.add("localTime", invocation.store->now());
    return reply.add("minWireVersion", 0).add("maxWireVersion", newest_wire_version).add("readOnly", false).reply();
}

}  // namespace sheaf::commands
