#include "core/run/sqlite.h"

#include <cstring>

#include "core/run/errors.h"

namespace flowscope {

Database open_database(const std::string& file, int flags) {
  sqlite3* raw = nullptr;
  const int result = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
  Database db(raw);
  if (result != SQLITE_OK) {
    throw UsageError("cannot open " + file + ": " + std::strerror(sqlite3_system_errno(raw)));
  }
  sqlite3_busy_timeout(db.get(), 5000);  // a reader in another program holds it for moments only
  return db;
}

void fail(sqlite3* db, const std::string& file) {
  const int code = sqlite3_errcode(db) & 0xff;
  const std::string why = sqlite3_errmsg(db);
  if (code == SQLITE_NOTADB) throw DamagedFile(file + " is damaged, or not a flowscope run");
  if (code == SQLITE_CORRUPT) throw DamagedFile(file + " is damaged: " + why);
  throw UsageError(file + ": " + why);
}

void execute(sqlite3* db, const std::string& file, const std::string& sql) {
  if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(db, file);
}

}  // namespace flowscope
