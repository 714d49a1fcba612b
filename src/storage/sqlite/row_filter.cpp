#include "storage/sqlite/row_filter.hpp"

#include <sqlite3.h>

#include "storage/sqlite/sqlite_error.hpp"

namespace sheaf::sqlite {

namespace {

void wants(sqlite3_context* context, int, sqlite3_value** arguments) {
    auto* const question = static_cast<RowQuestion*>(sqlite3_value_pointer(arguments[1], RowQuestion::pointer_type));
    if (question == nullptr) return sqlite3_result_error(context, "sheaf_wants is for sheaf's own statements", -1);
    try {
        const auto* const data = static_cast<const char*>(sqlite3_value_blob(arguments[0]));
        const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
        sqlite3_result_int(context, question->filter->wants(BytesView(data, size)) ? 1 : 0);
    } catch (...) {
        question->failure = std::current_exception();
        sqlite3_result_error(context, "the filter has thrown", -1);
    }
}

}  // namespace

void define_row_filter(sqlite3* db) {
    const int result = sqlite3_create_function_v2(db, "sheaf_wants", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, nullptr, wants,
                                                  nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) raise(db, result, "define sheaf_wants");
}

}  // namespace sheaf::sqlite
