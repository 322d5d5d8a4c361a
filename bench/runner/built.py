"""What is measured: the distribution as a user gets it, and the peers compiled against its jars."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
ROOT = BENCH.parent
WORKLOADS = BENCH / "workloads"
LAUNCHER = ROOT / "dist" / "unikernal" / "bin" / "unikernal"

# Those of the launcher, so that the JVMs differ in nothing but the program.
JVM_OPTIONS = [
    "-XX:+UseCompactObjectHeaders",
    "-XX:+UseSerialGC",
    "-Xmx512m",
    "-XX:+ExitOnOutOfMemoryError",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
]


class CannotBuild(Exception):
    pass


def say(command: list[str]) -> str:
    """What a command prints, both streams; empty where there is no such command."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return (done.stdout + done.stderr).strip()


@cache
def java_home() -> Path:
    """The JDK that the launcher would take."""
    script = f'. "{ROOT}/scripts/lib/jdk.sh"; find_jdk25 "{ROOT}/.toolchain" javac && printf %s "$JDK25"'
    found = say(["bash", "-c", script])
    if not found:
        raise CannotBuild("JDK 25 is missing: run ./unikernal once, it installs one or says what to install")
    return Path(found)


def build() -> None:
    """The launcher builds the distribution when a source is newer; the peers are compiled each time, in two seconds."""
    if subprocess.run([str(ROOT / "unikernal"), "version"], stdout=subprocess.DEVNULL, check=False).returncode:
        raise CannotBuild("the distribution cannot be built, see target/build.log")
    classes = BENCH / "target" / "run"
    shutil.rmtree(classes, ignore_errors=True)
    classes.mkdir(parents=True)
    sources = sorted(str(path) for path in (BENCH / "src" / "main" / "java").rglob("*.java"))
    compiler = [str(java_home() / "bin" / "javac"), "--release", "25", "-nowarn", "-proc:none"]
    done = subprocess.run([*compiler, "-cp", jars(), "-d", str(classes), *sources], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBuild(done.stderr)
    for needed in ("wrk", "nginx"):
        if not shutil.which(needed):
            raise CannotBuild(f"{needed} is missing: apt-get install {needed}")


def jars() -> str:
    """The distribution's, as a user gets them, then what only the peers need."""
    library = (ROOT / "dist" / "unikernal").resolve() / "lib"
    ours = [library / name for name in (library / "classpath").read_text().split()]
    known = {jar.name for jar in ours}
    return os.pathsep.join(map(str, ours + [jar for jar in peers() if jar.name not in known]))


def peers() -> list[Path]:
    """Jars of the module `bench`, from Maven's local repository; the class path is written by its build."""
    written = BENCH / "target" / "peers.classpath"
    poms = [ROOT / "pom.xml", BENCH / "pom.xml"]
    if not written.exists() or any(pom.stat().st_mtime > written.stat().st_mtime for pom in poms):
        maven = f'. "{ROOT}/scripts/lib/progress.sh"; maven -f "{ROOT}" -q -Dmaven.main.skip=true -Dmaven.test.skip=true -pl bench -am process-classes'
        done = subprocess.run(["bash", "-c", maven], env={**os.environ, "JAVA_HOME": str(java_home())}, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotBuild("the peers' libraries cannot be resolved:\n" + done.stdout[-2000:])
        written.touch()
    return [Path(jar) for jar in written.read_text().split(os.pathsep)]


def java(main: str, *arguments: str) -> list[str]:
    class_path = jars() + os.pathsep + str(BENCH / "target" / "run")
    return [str(java_home() / "bin" / "java"), *JVM_OPTIONS, "-cp", class_path, f"io.unikernal.bench.{main}", *arguments]
