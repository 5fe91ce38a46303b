# Shared by scripts/run and scripts/test: installs what is missing and builds.
# Sourced, with `set -euo pipefail` and the project's root as the working folder.

say() { printf '%s\n' "$*" >&2; }

# packages_for build|test: lines "package<TAB>why", alternatives resolved.
packages_for() {
  local when names why name chosen
  while read -r when names why; do
    [[ $when == "$1" ]] || continue
    chosen=${names%%|*}
    for name in ${names//|/ }; do
      if is_installed "$name"; then chosen=$name; break; fi
    done
    printf '%s\t%s\n' "$chosen" "$why"
  done < scripts/packages
}

declare -A installed=()
# Asks dpkg once for all packages.
read_installed() {
  local name status
  while read -r name status; do
    [[ $status == installed ]] && installed[${name%%:*}]=1
  done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null || true)
}
is_installed() { [[ -n ${installed[$1]:-} ]]; }

# The first of a package's alternatives that apt can install.
available() {
  local names name
  names=$(awk -v p="$1" '{n = split($2, a, "|"); for (i = 1; i <= n; i++) if (a[i] == p) print $2}' \
    scripts/packages)
  for name in ${names//|/ }; do
    if apt-cache show "$name" > /dev/null 2>&1; then printf '%s\n' "$name"; return; fi
  done
  printf '%s\n' "$1"
}

# install_missing build [test]: installs with apt what is not there. Where that cannot be done it
# lists what is needed and goes on: CMake finds out whether it is all there under another name.
install_missing() {
  local when name why missing=() lines=() root=()
  command -v dpkg-query > /dev/null && read_installed
  for when in "$@"; do
    while IFS=$'\t' read -r name why; do
      is_installed "$name" && continue
      missing+=("$name")
      lines+=("$(printf '  %-24s %s' "$name" "$why")")
    done < <(packages_for "$when")
  done
  ((${#missing[@]})) || return 0

  if ! command -v apt-get > /dev/null; then
    say "There is no apt here. flowscope needs what Debian calls:"
    say "$(printf '%s\n' "${lines[@]}")"
    say "Going on in case it is all there."
    return 0
  fi
  if ((EUID != 0)); then
    if ! command -v sudo > /dev/null; then
      say "Not root, and no sudo. Missing packages; please have them installed:"
      say "$(printf '%s\n' "${lines[@]}")"
      say "Going on in case it is all there."
      return 0
    fi
    root=(sudo)
  fi
  say "Installing with apt-get, and what these depend on:"
  say "$(printf '%s\n' "${lines[@]}")"
  "${root[@]}" apt-get update -qq >&2 || say "apt-get update failed; trying with what is known."
  local chosen=()
  for name in "${missing[@]}"; do chosen+=("$(available "$name")"); done
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${chosen[@]}" >&2 ||
    say "apt-get install failed; going on in case it is all there."
}

# A file that includes torch takes 1.1 GB to compile: no more jobs than cores and memory allow.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ {print int($2 / 1500000)}' /proc/meminfo)
  ((memory < 1)) && memory=1
  printf '%s\n' $((cores < memory ? cores : memory))
}

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  [[ -f build/$preset/build.ninja ]] || cmake --preset "$preset" >&2
  ninja -C "build/$preset" -j "$(build_jobs)" "$@" >&2
}
