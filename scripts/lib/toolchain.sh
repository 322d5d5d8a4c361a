# What building and testing needs: JDK 25, Maven, Python 3. Finds them; on Debian-like systems, as root or in CI, installs them.
# Sourced with ROOT set to the checkout. After a successful `ensure_*` the tool can be used; else the script has ended with 3.
# shellcheck shell=bash

# shellcheck disable=SC2153 # ROOT is what the caller sets
LIB=$ROOT/scripts/lib
TOOLCHAIN=$ROOT/.toolchain
EXIT_TOOL_MISSING=3
PYTHON_MIN_MINOR=9
LOCK_WAIT_SECONDS=900
# shellcheck source=scripts/lib/jdk.sh
. "$LIB/jdk.sh"

say() { echo "unikernal: $*" >&2; }
die() {
  say "$@"
  exit 1
}

# missing WHAT HOW: the one message for a tool that cannot be put here.
missing() {
  say "$1 is missing. $2"
  exit "$EXIT_TOOL_MISSING"
}

may_install() { [[ -e /etc/debian_version ]] && command -v apt-get >/dev/null && { ((EUID == 0)) || [[ ${CI:-} == true ]]; }; }
as_root() { if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi; }

# locked NAME COMMAND...: one at a time on this checkout, where flock exists (not on macOS).
locked() {
  local name=$1
  shift
  mkdir -p "$TOOLCHAIN"
  (
    if command -v flock >/dev/null; then
      flock -w "$LOCK_WAIT_SECONDS" 8 || die "another process holds $TOOLCHAIN/$name.lock"
    fi
    "$@"
  ) 8>"$TOOLCHAIN/$name.lock"
}

apt_updated=""
apt_update() {
  [[ -n $apt_updated ]] && return 0
  as_root apt-get -qq update && apt_updated=yes
}

# apt_install PACKAGE...: without recommends, without questions, and without starting the services they bring.
apt_install() {
  local policy=/usr/sbin/policy-rc.d ours="" status=0
  if [[ ! -e $policy ]]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  { apt_update && as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install "$@"; } \
    >"$TOOLCHAIN/apt.log" 2>&1 || status=$?
  [[ -n $ours ]] && as_root rm -f "$policy"
  ((status == 0)) || tail -n 5 "$TOOLCHAIN/apt.log" >&2
  return "$status"
}

install_jdk25() {
  # shellcheck source=scripts/lib/privapt.sh
  . "$LIB/privapt.sh"
  find_jdk25 "$TOOLCHAIN" javac && return 0 # another process was first
  command -v patchelf >/dev/null || apt_update || true
  privapt_jdk25 "$TOOLCHAIN" >"$TOOLCHAIN/jdk25.log" 2>&1 || {
    tail -n 5 "$TOOLCHAIN/jdk25.log" >&2
    return 1
  }
}

# ensure_jdk25: sets and exports JAVA_HOME, which Maven then runs on.
ensure_jdk25() {
  if ! find_jdk25 "$TOOLCHAIN" javac; then
    if may_install; then
      say "JDK 25 is missing: installing it privately in .toolchain (about 300 MB, once)"
      locked jdk25 install_jdk25 || missing "JDK 25" "Its installation failed, see .toolchain/jdk25.log. Install a JDK 25 and set JAVA_HOME to it."
    fi
    find_jdk25 "$TOOLCHAIN" javac ||
      missing "JDK 25" "Install one, e.g. Eclipse Temurin 25 or openjdk-25-jdk-headless, and set JAVA_HOME if it is in an unusual place."
  fi
  export JAVA_HOME=$JDK25
}

ensure_maven() {
  command -v mvn >/dev/null && return 0
  if may_install; then
    say "Maven is missing: installing it with apt-get"
    locked apt apt_install maven || true
  fi
  command -v mvn >/dev/null || missing "Maven" "Install Maven 3.8 or newer, so that \`mvn\` is on the PATH."
}

python_is_new_enough() { command -v python3 >/dev/null && python3 -c "import sys; sys.exit(sys.version_info < (3, $PYTHON_MIN_MINOR))"; }

ensure_python() {
  python_is_new_enough && return 0
  if may_install; then
    say "Python 3 is missing: installing it with apt-get"
    locked apt apt_install python3 || true
  fi
  python_is_new_enough || missing "Python 3" "Install Python 3.$PYTHON_MIN_MINOR or newer, so that \`python3\` is on the PATH."
}

ensure_npm() {
  command -v npm >/dev/null && return 0
  if may_install; then
    say "npm is missing: installing it with apt-get"
    locked apt apt_install npm || true
  fi
  command -v npm >/dev/null || missing "npm" "Install Node.js with npm, so that \`npm\` is on the PATH."
}

# ensure_packages FILE: the apt packages FILE lists, one a line with its reason after a #. Only what is missing is fetched.
ensure_packages() {
  local name absent=()
  may_install || return 0 # elsewhere each test says itself which server it did not find
  while read -r name _; do
    [[ -z $name || $name == \#* ]] && continue
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || absent+=("$name")
  done <"$1"
  ((${#absent[@]} == 0)) && return 0
  say "installing for the tests: ${absent[*]}"
  locked apt apt_install "${absent[@]}" || missing "${absent[*]}" "apt-get could not install it, see .toolchain/apt.log."
}
