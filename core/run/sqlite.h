// SQLite as run files use it: statements, transactions, and its errors as ours.
#pragma once

#include <sqlite3.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flowscope {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

/// Throws UsageError if the file cannot be opened.
Database open_database(const std::string& file, int flags);

/// The database's last error: DamagedFile where the content cannot be trusted, else UsageError.
[[noreturn]] void fail(sqlite3* db, const std::string& file);

void execute(sqlite3* db, const std::string& file, const std::string& sql);

/// One prepared statement; values are bound in order.
class Statement {
 public:
  Statement(sqlite3* db, const std::string& file, const char* sql) : db_(db), file_(file) {
    if (sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr) != SQLITE_OK) fail(db, file);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::int64_t x) {
    sqlite3_bind_int64(statement_, ++bound_, x);
    return *this;
  }
  /// Numbers that are not finite are unknown: NULL.
  Statement& bind(std::optional<double> x) {
    if (x && std::isfinite(*x)) {
      sqlite3_bind_double(statement_, ++bound_, *x);
    } else {
      sqlite3_bind_null(statement_, ++bound_);
    }
    return *this;
  }
  Statement& bind(const std::string& text) {
    sqlite3_bind_text64(statement_, ++bound_, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
    return *this;
  }
  Statement& bind(const std::vector<std::uint8_t>& bytes) {
    sqlite3_bind_blob64(statement_, ++bound_, bytes.data(), bytes.size(), SQLITE_STATIC);
    return *this;
  }

  /// True if there is a row.
  bool step() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) fail(db_, file_);
    return result == SQLITE_ROW;
  }

  int columns() const { return sqlite3_column_count(statement_); }
  const char* name(int i) const { return sqlite3_column_name(statement_, i); }
  int type(int i) const { return sqlite3_column_type(statement_, i); }
  std::int64_t integer(int i) const { return sqlite3_column_int64(statement_, i); }
  double real(int i) const { return sqlite3_column_double(statement_, i); }
  std::string text(int i) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, i));
    return bytes ? std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(statement_, i))) : "";
  }
  std::vector<std::uint8_t> bytes(int i) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, i));
    return {data, data + sqlite3_column_bytes(statement_, i)};
  }

 private:
  sqlite3* db_;
  const std::string& file_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

/// All or nothing: rolls back unless committed.
class Transaction {
 public:
  Transaction(sqlite3* db, const std::string& file) : db_(db), file_(file) {
    execute(db_, file_, "BEGIN IMMEDIATE");
  }
  ~Transaction() {
    if (!committed_) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  void commit() {
    execute(db_, file_, "COMMIT");
    committed_ = true;
  }

 private:
  sqlite3* db_;
  const std::string& file_;
  bool committed_ = false;
};

}  // namespace flowscope
