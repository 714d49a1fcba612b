// A loadable extension for SQLite, so that the sqlite3 shell, Datasette and other programs can read sheaf's documents:
//
//     .load ./sheaf_sqlite
//     SELECT doc_json(data) FROM users WHERE doc_get(data, 'address.city') = 'Kyoto';
//
// doc_json(data)        the document as relaxed Extended JSON
// doc_get(data, path)   the value at a dotted path: null, NaN and a missing value are NULL, booleans 0 and 1, dates
//                       RFC 3339 text, object ids hexadecimal text, binary a blob, arrays and objects JSON text
//
// Both give NULL for NULL, and an error for anything else that is not a document of sheaf's.
// Threads: as SQLite calls them; there is no state.
#include <sqlite3ext.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>

#include <sheaf/error.hpp>
#include <sheaf/json.hpp>
#include <sheaf/view.hpp>

SQLITE_EXTENSION_INIT1

namespace {

using sheaf::Type;
using sheaf::View;

void result_text(sqlite3_context* context, std::string_view text) {
    sqlite3_result_text64(context, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
}

// Exceptions end here: SQLite is C.
template <typename Function>
void guarded(sqlite3_context* context, const char* name, Function&& function) noexcept {
    try {
        function();
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    } catch (const std::exception& error) {
        try {
            const std::string message = std::string(name) + ": " + error.what();
            sqlite3_result_error(context, message.c_str(), -1);
        } catch (...) {
            sqlite3_result_error_nomem(context);
        }
    }
}

// Throws unless the argument is exactly one stored document.
View document_of(sqlite3_value* argument) {
    if (sqlite3_value_type(argument) != SQLITE_BLOB) {
        throw sheaf::Error(sheaf::Code::invalid_argument,
                           "the first argument is not a document of sheaf but another value");
    }
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(argument));
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(argument));
    const View document(std::string_view(bytes == nullptr ? "" : bytes, size));
    if (size == 0 || !document.is_object() || document.encoded().size() != size) {
        throw sheaf::Error(sheaf::Code::corrupt, "the blob is not a document of sheaf");
    }
    return document;
}

void doc_json(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) return;
    guarded(context, "doc_json", [&] { result_text(context, sheaf::to_json(document_of(arguments[0]))); });
}

// Dates whose year has not four digits have no RFC 3339 form: they come as doc_json writes them.
void result_date(sqlite3_context* context, View value) {
    std::string text;
    try {
        text = sheaf::to_rfc3339(value.datetime());
    } catch (const sheaf::Error&) {
        text = sheaf::to_json(value);
    }
    result_text(context, text);
}

void result_value(sqlite3_context* context, View value) {
    switch (value.type()) {
        case Type::missing:
        case Type::null:
            return sqlite3_result_null(context);
        case Type::integer:
            return sqlite3_result_int64(context, value.integer());
        case Type::number:
            return sqlite3_result_double(context, value.number());
        case Type::boolean:
            return sqlite3_result_int(context, value.boolean() ? 1 : 0);
        case Type::string:
            return result_text(context, value.string());
        case Type::object_id:
            return result_text(context, value.object_id().hex());
        case Type::datetime:
            return result_date(context, value);
        case Type::bytes: {
            const std::string_view bytes = value.bytes();
            return sqlite3_result_blob64(context, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
        }
        case Type::array:
        case Type::object:
            return result_text(context, sheaf::to_json(value));
    }
}

void doc_get(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL || sqlite3_value_type(arguments[1]) == SQLITE_NULL) return;
    guarded(context, "doc_get", [&] {
        const auto* path = reinterpret_cast<const char*>(sqlite3_value_text(arguments[1]));
        if (path == nullptr) throw std::bad_alloc();
        const auto path_size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[1]));
        result_value(context, document_of(arguments[0]).at(std::string_view(path, path_size)));
    });
}

}  // namespace

// SQLite finds this name by the file's: sheaf_sqlite.so.
extern "C" int sqlite3_sheafsqlite_init(sqlite3* db, char** message, const sqlite3_api_routines* api);

extern "C" int sqlite3_sheafsqlite_init(sqlite3* db, char**, const sqlite3_api_routines* api) {
    SQLITE_EXTENSION_INIT2(api);
    // Innocuous: they depend on their arguments alone and touch nothing, so that views and indexes may use them.
    constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    const int result =
        sqlite3_create_function_v2(db, "doc_json", 1, flags, nullptr, doc_json, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) return result;
    return sqlite3_create_function_v2(db, "doc_get", 2, flags, nullptr, doc_get, nullptr, nullptr, nullptr);
}
