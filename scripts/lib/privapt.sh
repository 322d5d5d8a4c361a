# A private JDK 25 on a Debian-like system: packages of a newer suite, with their own libc, unpacked in one folder.
# The system's packages, libc and default Java stay as they are. Sourced by toolchain.sh.
# shellcheck shell=bash

PRIVAPT_PACKAGE=openjdk-25-jdk-headless
PRIVAPT_SUITE=trixie # the first Debian suite that has it
PRIVAPT_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# privapt SCRATCH PREFIX PACKAGE: downloads PACKAGE with everything it needs, libc included, and unpacks it under PREFIX.
# Uses the system's own sources where they offer the package, else $PRIVAPT_SUITE from the mirror this machine already uses.
privapt() {
  local scratch=$1 prefix=$2 package=$3 mirror deb
  mkdir -p "$scratch/lists/partial" "$scratch/cache/archives/partial" "$prefix"
  chmod 755 "$scratch"
  : >"$scratch/status" # nothing counts as installed, so that the whole closure comes
  cat >"$scratch/apt.conf" <<X
Dir::State::lists "$scratch/lists"; Dir::State::status "$scratch/status"; Dir::Cache "$scratch/cache";
APT::Install-Recommends "false"; APT::Sandbox::User "root"; Acquire::Languages "none"; Acquire::Retries "3";
X
  if ! apt-cache show --no-all-versions "$package" >/dev/null 2>&1; then
    # shellcheck disable=SC2016 # apt's own notation
    mirror=$(apt-get indextargets --format '$(REPO_URI)' | awk '/\/debian\/$/ && !seen++')
    [[ -n $mirror ]] || {
      echo "no Debian mirror among this machine's apt sources" >&2
      return 1
    }
    echo "deb [signed-by=$PRIVAPT_KEYRING] $mirror $PRIVAPT_SUITE main" >"$scratch/sources.list"
    cat >>"$scratch/apt.conf" <<X
Dir::Etc::sourcelist "$scratch/sources.list"; Dir::Etc::sourceparts "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
X
  fi
  apt-get -c "$scratch/apt.conf" -qq update || return 1
  apt-get -c "$scratch/apt.conf" -qq -y --download-only install "$package" || return 1
  for deb in "$scratch"/cache/archives/*.deb; do
    dpkg-deb -x "$deb" "$prefix" || return 1
  done
}

# privapt_patchelf SCRATCH: sets PATCHELF; the host's, else unpacked from the host's own package without installing it.
privapt_patchelf() {
  PATCHELF=$(command -v patchelf) && return 0
  mkdir -p "$1/patchelf"
  (cd "$1/patchelf" && apt-get -qq -o APT::Sandbox::User=root download patchelf && dpkg-deb -x patchelf_*.deb .) || return 1
  PATCHELF=$1/patchelf/usr/bin/patchelf
}

# privapt_relink PREFIX FINAL PROGRAM...: the programs run on PREFIX's own loader and libraries once PREFIX is renamed to FINAL.
# No LD_LIBRARY_PATH, so that child processes of theirs see the system's libraries as usual.
privapt_relink() {
  local prefix=$1 final=$2 program loader libraries old
  shift 2
  for loader in "$prefix"/usr/lib/*-linux-gnu*/ld-linux*.so.*; do
    libraries=${loader%/*}
    libraries=$final${libraries#"$prefix"}
    loader=$final${loader#"$prefix"}
  done
  for program in "$@"; do
    [[ -L $program ]] && continue
    "$PATCHELF" --print-interpreter "$program" >/dev/null 2>&1 || continue
    old=$("$PATCHELF" --print-rpath "$program")
    "$PATCHELF" --set-interpreter "$loader" --force-rpath --set-rpath "${old:+$old:}$libraries" "$program" || return 1
  done
}

# privapt_mend_links PREFIX: Debian's JDK links to /etc/java-25-openjdk; such links must stay inside PREFIX, wherever that moves.
privapt_mend_links() {
  local prefix=$1 link target
  while IFS= read -r link; do
    target=$(readlink "$link")
    [[ -e $prefix$target ]] && ln -sfnr "$prefix$target" "$link"
  done < <(find "$prefix" -type l -lname '/*')
}

# privapt_trust JDK PREFIX: Debian fills the JDK's certificate store when its package is installed, which this is not.
privapt_trust() {
  local jdk=$1 prefix=$2 store=$1/lib/security/cacerts
  [[ -s $store ]] && return 0
  rm -f "$store"
  if [[ -s /etc/ssl/certs/java/cacerts ]]; then
    ln -s /etc/ssl/certs/java/cacerts "$store"
  elif [[ -s /etc/ssl/certs/ca-certificates.crt ]]; then
    "$jdk/bin/java" "$LIB/CaCerts.java" "$store" /etc/ssl/certs/ca-certificates.crt
  else
    "$jdk/bin/java" "$LIB/CaCerts.java" "$store" "$prefix"/usr/share/ca-certificates/mozilla/*.crt
  fi
}

# privapt_proves JDK SCRATCH: java and javac run, so does a child process of theirs, and TLS has somebody to trust.
privapt_proves() {
  local jdk=$1 work=$2/proof
  mkdir -p "$work"
  cat >"$work/Hello.java" <<'X'
class Hello {
  public static void main(String[] args) throws Exception {
    int child = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-version").start().waitFor();
    int foreign = new ProcessBuilder("/bin/sh", "-c", "exit 0").start().waitFor();
    var trust = javax.net.ssl.TrustManagerFactory.getInstance(javax.net.ssl.TrustManagerFactory.getDefaultAlgorithm());
    trust.init((java.security.KeyStore) null);
    int issuers = ((javax.net.ssl.X509TrustManager) trust.getTrustManagers()[0]).getAcceptedIssuers().length;
    System.out.println(child == 0 && foreign == 0 && issuers > 0 ? "hello" : "child " + child + " foreign " + foreign + " issuers " + issuers);
  }
}
X
  "$jdk/bin/javac" -d "$work" "$work/Hello.java" || return 1
  "$jdk/bin/java" -cp "$work" Hello | tee "$work/said"
  [[ $(<"$work/said") == hello ]]
}

# privapt_jdk25 TOOLCHAIN: installs TOOLCHAIN/jdk25. It becomes visible by one rename at the end, once it was seen to work.
privapt_jdk25() {
  local toolchain=$1 scratch root jdk
  mkdir -p "$toolchain"
  scratch=$(mktemp -d)
  root=$toolchain/jdk25-root.$$
  rm -rf "$toolchain"/jdk25-root.* # what a killed try left; the caller holds the lock
  if privapt_patchelf "$scratch" && privapt "$scratch" "$root" "$PRIVAPT_PACKAGE"; then
    jdk=$(dirname "$(find "$root/usr/lib/jvm" -maxdepth 2 -name release -print -quit)")
    privapt_mend_links "$root"
    rm -rf "$jdk/jmods" "$root"/usr/share/{doc,man,locale} # more than half of the size, which only jlink and people need
    if privapt_relink "$root" "$root" "$jdk"/bin/* "$jdk"/lib/jspawnhelper && privapt_trust "$jdk" "$root" && privapt_proves "$jdk" "$scratch"; then
      ln -sfn "${jdk#"$toolchain"/}" "$toolchain/jdk25.new"
      echo "$toolchain" >"$toolchain/jdk25.at"
      mv -T "$toolchain/jdk25.new" "$toolchain/jdk25"
      rm -rf "$scratch"
      return 0
    fi
  fi
  rm -rf "$scratch" "$root"
  return 1
}
