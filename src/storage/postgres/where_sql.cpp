#include "storage/postgres/where_sql.hpp"

#include <vector>

#include <sheaf/error.hpp>
#include <sheaf/view.hpp>

#include "document/encoder.hpp"
#include "storage/postgres/json_column.hpp"

namespace sheaf::postgres {

namespace {

using Kind = Predicate::Kind;

// In double quotes any text is a key, when these are escaped. Keys are UTF-8 without U+0000.
void append_quoted(std::string& out, std::string_view key) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (const char c : key) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            out.append("\\u00") += digits[byte >> 4U];
            out += digits[byte & 15U];
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
    }
    out += '"';
}

std::string quoted(std::string_view key) {
    std::string text;
    append_quoted(text, key);
    return text;
}

// In lax mode a key looks into an array, one level deep, and so does a filter "? (...)"; then "@" is an element. That
// is how sheaf reads a path. But a comparison looks into an array, too, which would be a second level: so "@" has to
// have the value's type. All stands within exists(): what cannot be compared is not found there, and so never
// "unknown".
class JsonPathWriter {
public:
    void predicate(const Predicate& predicate) {
        switch (predicate.kind) {
            case Kind::always:
                return write("1 == 1");
            case Kind::never:
                return write("1 == 0");
            case Kind::all:
                return join(predicate.parts, " && ", "1 == 1");
            case Kind::any:
                return join(predicate.parts, " || ", "1 == 0");
            case Kind::none:
                write("!(");
                join(predicate.parts, " || ", "1 == 0");
                return write(")");
            case Kind::compare:
                return compare(predicate);
            case Kind::exists:
                return write("exists(" + json_path(predicate.path) + ")");
        }
    }

    JsonPath finished() && {
        Bytes object;
        Encoder encoder(object);
        encoder.begin_object(values_.size());
        for (std::size_t i = 0; i < values_.size(); ++i) {
            encoder.key("v" + std::to_string(i));
            encoder.raw(values_[i]);
        }
        JsonPath result{std::move(path_), {}};
        if (!append_json(object, result.variables)) {
            throw Error(Code::internal, "a predicate compares with what JSON cannot express");
        }
        return result;
    }

private:
    void write(std::string_view text) { path_ += text; }

    void join(const std::vector<Predicate>& parts, std::string_view word, std::string_view nothing) {
        if (parts.empty()) return write(nothing);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            write(i == 0 ? "(" : word);
            write("(");
            predicate(parts[i]);
            write(")");
        }
        write(")");
    }

    void compare(const Predicate& predicate) {
        constexpr std::string_view ops[] = {" == ", " < ", " <= ", " > ", " >= "};
        const View value(predicate.value);
        if (value.is_null()) return equals_null(predicate.path);
        const std::string_view type = value.is_number()               ? "number"
                                      : value.type() == Type::boolean ? "boolean"
                                                                      : "string";
        write("exists(" + json_path(predicate.path) + " ? (@");
        write(ops[static_cast<std::size_t>(predicate.op)]);
        write("$v" + std::to_string(values_.size()) + " && @.type() == \"");
        write(type);
        write("\"))");
        values_.push_back(value.encoded());
    }

    // Key by key, since what is missing shows in the object that lacks it: "@" is always an object here, and the key of
    // it leads to nothing; or to a scalar, though the path goes on; or to something in which the rest of it is null.
    void equals_null(std::span<const std::string> path) {
        // No object, but for the wrappers of dates, bytes and object ids; see json_column.hpp.
        constexpr std::string_view is_object =
            "@.type() == \"object\" && (!exists(@.keyvalue()) || exists(@.keyvalue() ? "
            "(@.key != \"$date\" && @.key != \"$binary\" && @.key != \"$oid\")))";
        std::string member = "$." + quoted(path.front());
        for (const std::string& next : path.subspan(1)) {
            write("!exists(" + member + ") || (" + member + ".type() != \"array\" && !exists(" + member + " ? (");
            write(is_object);
            write("))) || exists(" + member + " ? (");
            write(is_object);
            write(" && (");
            member = "@." + quoted(next);
        }
        write("!exists(" + member + ") || exists(" + member + " ? (@.type() == \"null\"))");
        for (std::size_t i = 1; i < path.size(); ++i) write(")))");
    }

    std::string path_;
    std::vector<BytesView> values_;
};

}  // namespace

JsonPath json_path(const Predicate& predicate) {
    JsonPathWriter writer;
    writer.predicate(predicate);
    return std::move(writer).finished();
}

std::string json_path(std::span<const std::string> keys) {
    std::string text = "$";
    for (const std::string& key : keys) {
        text += '.';
        append_quoted(text, key);
    }
    return text;
}

std::string where_sql(const driver::Where& where, Params& params) {
    const auto next = [&params] { return "$" + std::to_string(params.size()); };
    std::string sql;
    if (where.archived) {
        params.boolean(*where.archived);
        sql = "d.archived = " + next();
    }
    if (where.predicate != nullptr && where.predicate->kind != Kind::always) {
        const JsonPath path = json_path(*where.predicate);
        params.json_path(path.path);
        sql += (sql.empty() ? "" : " AND ") + ("(d.doc IS NULL OR jsonb_path_match(d.doc, " + next());
        params.json(path.variables);
        sql += ", " + next() + ", true) IS NOT FALSE)";
    }
    return sql.empty() ? "true" : sql;
}

}  // namespace sheaf::postgres
