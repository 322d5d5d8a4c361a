# Finds a JDK 25 without starting a JVM. Sourced by the launcher on every start, so: builtins only, no subshell on the common path.
# shellcheck shell=bash disable=SC2034 # JDK25 is the result

# jdk_is_25 FOLDER TOOL: whether FOLDER holds version 25 with bin/TOOL.
jdk_is_25() {
  local line
  [[ -x $1/bin/$2 && -r $1/release ]] || return 1
  while IFS= read -r line; do
    [[ $line == JAVA_VERSION=\"25[\".-]* ]] && return 0
  done <"$1/release"
  return 1
}

# jdk_private_is_whole TOOLCHAIN: the private JDK holds absolute paths, so it counts only where it was installed.
jdk_private_is_whole() {
  local at=""
  [[ -r $1/jdk25.at ]] && IFS= read -r at <"$1/jdk25.at"
  [[ $at == "$1" ]]
}

# find_jdk25 TOOLCHAIN TOOL: sets JDK25, or returns 1. TOOL is `java` to run and `javac` to build.
# UNIKERNAL_JDK_SEARCH=none looks only in TOOLCHAIN, as on a machine that has no JDK 25.
find_jdk25() {
  local toolchain=$1 tool=$2 candidate
  JDK25=""
  if [[ ${UNIKERNAL_JDK_SEARCH:-} != none ]]; then
    if [[ -n ${UNIKERNAL_JAVA_HOME:-} ]]; then
      jdk_is_25 "$UNIKERNAL_JAVA_HOME" "$tool" && JDK25=$UNIKERNAL_JAVA_HOME && return 0
      echo "unikernal: UNIKERNAL_JAVA_HOME is not a JDK 25 with bin/$tool: $UNIKERNAL_JAVA_HOME" >&2
      return 1
    fi
    [[ -n ${JAVA_HOME:-} ]] && jdk_is_25 "$JAVA_HOME" "$tool" && JDK25=$JAVA_HOME && return 0
    for candidate in /usr/lib/jvm/* /opt/* /opt/*/*jdk* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
      "${HOME:-/nonexistent}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
      jdk_is_25 "$candidate" "$tool" && JDK25=$candidate && return 0
    done
    # Last of the system's, since it costs a process: whatever `java` on the PATH points to.
    if candidate=$(command -v java) && candidate=$(readlink -f "$candidate" 2>/dev/null); then
      candidate=${candidate%/bin/java}
      jdk_is_25 "$candidate" "$tool" && JDK25=$candidate && return 0
    fi
  fi
  if jdk_is_25 "$toolchain/jdk25" "$tool" && jdk_private_is_whole "$toolchain"; then
    JDK25=$toolchain/jdk25
    return 0
  fi
  return 1
}
