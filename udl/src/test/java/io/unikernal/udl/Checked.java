package io.unikernal.udl;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks a file in a JVM of its own, and writes what it cost to another. */
final class Checked {
  private Checked() {}

  public static void main(String[] arguments) throws Exception {
    Compilation compilation = Golden.compile(Path.of(arguments[0]), true);
    if (compilation.plan().isEmpty() && compilation.diagnostics().isEmpty()) {
      throw new IllegalStateException("refused without a word");
    }
    compilation.rendered().text(true);
    compilation.rendered().json();
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    Files.writeString(
        Path.of(arguments[1]), "checked, cpu ms: " + system.getProcessCpuTime() / 1_000_000);
  }
}
