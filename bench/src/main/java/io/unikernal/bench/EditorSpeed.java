package io.unikernal.bench;

import com.sun.management.OperatingSystemMXBean;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.UdlCompiler.Options;
import io.unikernal.udl.Workspace;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

public final class EditorSpeed {
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("big").toAbsolutePath();
    BigDefinition.LARGE.write(folder);
    var workspace = new Workspace(AdapterCatalog.load());
    var os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Path file = folder.resolve("part_007.udl.yaml");
    String text = Files.readString(file);
    for (int i = 0; i < Integer.getInteger("n", 60); i++) {
      String now = text.replaceFirst("order \\$", "order" + "x".repeat(i % 10) + " \\$");
      long before = os.getProcessCpuTime();
      Compilation c = workspace.compile(folder, new Options(Map.of(), true, p -> p.equals(file) ? Optional.of(now) : Optional.empty(), true));
      long after = os.getProcessCpuTime();
      if (i == 0) System.out.println(c.rendered().text(false).lines().limit(20).toList() + " " + c.diagnostics().size());
      if (i % 5 == 0) System.out.println(i + ": " + (after - before) / 1_000_000.0 + " ms");
    }
  }
}
