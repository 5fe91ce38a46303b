#include "core/run/nearest.h"

#include <algorithm>
#include <utility>

#include "core/run/config.h"

namespace flowscope {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// Fewest letters to change, add or take away (Levenshtein), row by row.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

/// A last part alone ("r0", "lr") means the key that ends in it; three letters or more ("doorkey")
/// mean the names that hold them.
std::size_t distance(const std::string& wrong, const std::string& name) {
  const bool tail = name.size() > wrong.size() + 1 && name.ends_with(wrong) &&
                    name[name.size() - wrong.size() - 1] == '.';
  if (tail) return 0;
  const bool part = wrong.size() >= 3 && name.find(wrong) != name.npos;
  return part ? 1 : edit_distance(wrong, name);
}

}  // namespace

std::vector<std::string> nearest_names(std::string_view wrong, std::span<const std::string> names,
                                       std::size_t most) {
  const std::string meant = lower(wrong);
  const std::size_t farthest = std::max<std::size_t>(2, wrong.size() / 3);
  std::vector<std::pair<std::size_t, const std::string*>> near;
  for (const std::string& name : names) {
    const std::size_t d = distance(meant, lower(name));
    if (d <= farthest) near.emplace_back(d, &name);
  }
  std::ranges::stable_sort(near, {}, [](const auto& n) { return n.first; });
  std::vector<std::string> found;
  for (const auto& [d, name] : near) {
    if (found.size() < most) found.push_back(*name);
  }
  return found;
}

std::string nearest_name(std::string_view wrong, std::span<const std::string> names) {
  const auto found = nearest_names(wrong, names, 1);
  return found.empty() ? std::string() : found[0];
}

std::string joined(std::span<const std::string> names) {
  std::string text;
  for (const std::string& n : names) text += (text.empty() ? "" : ", ") + n;
  return text;
}

}  // namespace flowscope
