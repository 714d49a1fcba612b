#include "commands/reply.hpp"

#include <algorithm>
#include <iterator>

namespace sheaf::commands {

namespace {

struct Name {
    int code;
    std::string_view name;
};
// In order of the numbers.
constexpr Name error_names[] = {
    {1, "InternalError"},
    {2, "BadValue"},
    {8, "UnknownError"},
    {9, "FailedToParse"},
    {11, "UserNotFound"},
    {13, "Unauthorized"},
    {14, "TypeMismatch"},
    {15, "Overflow"},
    {16, "InvalidLength"},
    {17, "ProtocolError"},
    {20, "IllegalOperation"},
    {22, "InvalidBSON"},
    {24, "LockTimeout"},
    {26, "NamespaceNotFound"},
    {27, "IndexNotFound"},
    {28, "PathNotViable"},
    {31, "CannotMutateObject"},
    {39, "FileStreamFailed"},
    {40, "ConflictingUpdateOperators"},
    {43, "CursorNotFound"},
    {48, "NamespaceExists"},
    {50, "MaxTimeMSExpired"},
    {51, "ManualInterventionRequired"},
    {52, "DollarPrefixedFieldName"},
    {53, "InvalidIdField"},
    {54, "NotSingleValueField"},
    {55, "InvalidDBRef"},
    {56, "EmptyFieldName"},
    {57, "DottedFieldName"},
    {59, "CommandNotFound"},
    {61, "ShardKeyNotFound"},
    {66, "ImmutableField"},
    {67, "CannotCreateIndex"},
    {72, "InvalidOptions"},
    {73, "InvalidNamespace"},
    {79, "UnknownReplWriteConcern"},
    {85, "IndexOptionsConflict"},
    {86, "IndexKeySpecsConflict"},
    {96, "OperationFailed"},
    {112, "WriteConflict"},
    {115, "CommandNotSupported"},
    {121, "DocumentValidationFailure"},
    {123, "NotAReplicaSet"},
    {146, "ExceededMemoryLimit"},
    {166, "CommandNotSupportedOnView"},
    {167, "OptionNotSupportedOnView"},
    {168, "InvalidPipelineOperator"},
    {171, "CannotIndexParallelArrays"},
    {181, "AmbiguousIndexKeyPattern"},
    {197, "InvalidIndexSpecificationOption"},
    {224, "QueryFeatureNotAllowed"},
    {238, "NotImplemented"},
    {241, "ConversionFailure"},
    {251, "NoSuchTransaction"},
    {263, "OperationNotSupportedInTransaction"},
    {291, "NoQueryExecutionPlans"},
    {292, "QueryExceededMemoryLimitNoDiskUseAllowed"},
    {322, "APIVersionError"},
    {323, "APIStrictError"},
    {10334, "BSONObjectTooLarge"},
    {11000, "DuplicateKey"},
    {11600, "InterruptedAtShutdown"},
    {11601, "Interrupted"},
    {12051, "CursorInUse"},
    {17280, "KeyTooLong"},
};

}  // namespace

Bytes ArrayBuilder::finish() const {
    Bytes out;
    out.reserve(elements_.size() + 9);
    Encoder(out).begin_array(count_);
    return out += elements_;
}

ObjectBuilder& ObjectBuilder::add(std::string_view key, const Value& value) {
    Encoder encoder(members_);
    encoder.key(key);
    encoder.value(value);
    ++count_;
    return *this;
}

ObjectBuilder& ObjectBuilder::add_encoded(std::string_view key, BytesView encoded) {
    Encoder encoder(members_);
    encoder.key(key);
    encoder.raw(encoded);
    ++count_;
    return *this;
}

Bytes ObjectBuilder::finish() const {
    Bytes out;
    out.reserve(members_.size() + 9);
    Encoder(out).begin_object(count_);
    return out += members_;
}

Document ObjectBuilder::reply() {
    add("ok", 1.0);
    return Document::from_trusted(finish());
}

void add_error(ObjectBuilder& object, const Error& error) {
    object.add("errmsg", error.message());
    object.add("code", error.mongo_code());
    object.add("codeName", code_name(error.mongo_code()));
    const ErrorDetails& details = error.details();
    if (details.key_pattern.empty()) return;
    const Limits any{.json_bytes = SIZE_MAX};  // sheaf's own text, of parts of a document
    object.add_encoded("keyPattern", Document::from_json(details.key_pattern, any).cbor());
    object.add_encoded("keyValue", Document::from_json(details.key_value, any).cbor());
}

Document error_reply(const Error& error) {
    ObjectBuilder object;
    object.add("ok", 0.0);
    add_error(object, error);
    return Document::from_trusted(object.finish());
}

std::string code_name(int code) {
    const auto* const found = std::lower_bound(std::begin(error_names), std::end(error_names), code,
                                               [](const Name& name, int wanted) { return name.code < wanted; });
    if (found != std::end(error_names) && found->code == code) return std::string(found->name);
    return "Location" + std::to_string(code);
}

}  // namespace sheaf::commands
