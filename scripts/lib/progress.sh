# One line that tells how far a build is: rewritten in place on a terminal, dots elsewhere. Sourced.
# shellcheck shell=bash

progress_start() {
  progress_title=$1
  progress_begun=$SECONDS
  if [[ -t 2 ]]; then progress "start"; else printf 'unikernal: %s ' "$1" >&2; fi
}

# progress WHAT
progress() {
  progress_what=$1
  if [[ -t 2 ]]; then progress_show; else printf '.' >&2; fi
}

progress_show() { printf '\r\033[Kunikernal: %s … %s %d s' "$progress_title" "$progress_what" $((SECONDS - progress_begun)) >&2; }

progress_end() {
  local seconds=$((SECONDS - progress_begun))
  if [[ -t 2 ]]; then printf '\r\033[Kunikernal: %s: %s in %d s\n' "$progress_title" "$1" "$seconds" >&2; else printf ' %s in %d s\n' "$1" "$seconds" >&2; fi
}

# maven ARGUMENT...: as every script here runs it. Short-lived, so no second compiler; quiet about what JDK 25 thinks of its libraries.
maven() {
  MAVEN_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" \
    mvn -B -ntp -Dstyle.color=never "$@"
}

# without_noise: Maven's output less its advice to read more of it.
without_noise() {
  grep --line-buffered -v -i -e 're-run Maven' -e '\[Help [0-9]\]' -e 'For more information' -e '^\[ERROR\] *$' -e 'After correcting the problems' \
    -e 'mvn <args>' -e 'surefire-reports for' -e 'failsafe-reports for' -e 'dump files' || true
}

# progress_of_maven LOG: reads Maven's output, keeps it in LOG, shows the module it is at. To be used with pipefail.
progress_of_maven() {
  local line part="" module='Building (.*) [^ ]+ +(\[[0-9]+/[0-9]+\])$' status
  : >"$1"
  while true; do
    status=0
    IFS= read -r -t 1 line || status=$?
    if ((status > 128)); then # a second went by; what was read of a line so far is in it
      part+=$line
      [[ -t 2 ]] && progress_show
      continue
    fi
    ((status == 0)) || break
    line=$part$line part=""
    printf '%s\n' "$line" >>"$1"
    if [[ $line =~ $module ]]; then progress "compile ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"; fi
  done
}
