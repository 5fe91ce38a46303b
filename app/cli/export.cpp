// flowscope export: the metrics of a recorded run, for other programs.
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "core/run/errors.h"
#include "core/run/run_store.h"

namespace flowscope {
namespace {

using Cell = MetricTable::Cell;

/// An unknown value is an empty field; a real number has all the digits it needs to be read back.
std::string csv_field(const Cell& cell) {
  char text[32] = "";
  const auto shortest = [&](auto x) {
    return std::string(text, std::to_chars(text, text + sizeof text, x).ptr);
  };
  if (const auto* i = std::get_if<std::int64_t>(&cell)) return shortest(*i);
  if (const auto* d = std::get_if<double>(&cell)) return shortest(*d);
  return "";
}

nlohmann::ordered_json json_value(const Cell& cell) {
  if (const auto* i = std::get_if<std::int64_t>(&cell)) return *i;
  if (const auto* d = std::get_if<double>(&cell)) return *d;
  return nullptr;
}

void write_csv(std::ostream& out, const MetricTable& table) {
  const auto separator = [&](size_t i) { return i + 1 < table.columns.size() ? ',' : '\n'; };
  for (size_t i = 0; i < table.columns.size(); ++i) out << table.columns[i] << separator(i);
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) out << csv_field(row[i]) << separator(i);
  }
}

void write_jsonl(std::ostream& out, const MetricTable& table) {
  for (const auto& row : table.rows) {
    nlohmann::ordered_json line;
    for (size_t i = 0; i < row.size(); ++i) line[table.columns[i]] = json_value(row[i]);
    out << line.dump() << '\n';
  }
}

}  // namespace

int export_run(const std::string& run_file, const std::string& output) {
  const bool csv = output.ends_with(".csv");
  if (!csv && !output.ends_with(".jsonl")) {
    throw UsageError("-o: '" + output + "' is not allowed; it must end in .csv or .jsonl");
  }
  const MetricTable table = RunStore::open(run_file, RunStore::Access::kRead).metrics();
  std::ofstream out(output, std::ios::binary);
  if (!out) throw UsageError("cannot write " + output + ": " + std::strerror(errno));
  (csv ? write_csv : write_jsonl)(out, table);
  if (!out.flush()) throw UsageError("cannot write " + output + ": " + std::strerror(errno));
  return 0;
}

}  // namespace flowscope
