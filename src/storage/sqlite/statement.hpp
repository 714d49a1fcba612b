// Statement: a prepared SQL statement, finalised when it goes.
//
// What is bound is borrowed until reset(): nothing is copied on the way to SQLite. Columns are lent until the next
// step.
//
// Threads: used by the thread that has the connection.
//
//     Statement count(db, "SELECT count(*) FROM t WHERE k > ?1");
//     const Statement::Run run(count);  // resets at the end of the scope
//     count.bind(1, 5);
//     if (count.step()) use(count.integer(0));
#pragma once

#include <cstdint>
#include <string_view>

#include <sheaf/bytes.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace sheaf::sqlite {

class Statement {
public:
    // Resets a statement at the end of a scope, whatever ends it.
    class Run {
    public:
        explicit Run(Statement& statement) : statement_(statement) {}
        ~Run() { statement_.reset(); }
        Run(const Run&) = delete;
        Run& operator=(const Run&) = delete;

    private:
        Statement& statement_;
    };

    Statement() = default;
    Statement(sqlite3* db, std::string_view sql);
    Statement(Statement&& other) noexcept : statement_(other.statement_) { other.statement_ = nullptr; }
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    explicit operator bool() const { return statement_ != nullptr; }

    void bind(int parameter, std::int64_t value);
    void bind_text(int parameter, std::string_view text);
    void bind_blob(int parameter, BytesView bytes);
    // `type` is a literal that the receiving SQL function asks for; not a value that SQL could forge.
    void bind_pointer(int parameter, void* pointer, const char* type);

    // Moves to the next row; false at the end. Throws SqliteError.
    bool step();
    // The same as a result code of SQLite's.
    int try_step() noexcept;
    void reset() noexcept;
    // Runs a statement without rows to its end and resets it.
    void execute();

    std::int64_t integer(int column);
    BytesView bytes(int column);  // of a text or a blob
    bool is_text(int column);
    bool is_blob(int column);

private:
    void check(int result);

    sqlite3_stmt* statement_ = nullptr;
};

}  // namespace sheaf::sqlite
