package io.unikernal.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.unikernal.kernel.explain.Stories;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Sides of one process, asked line by line by {@code bench/run}: {@code answer SIDE}, {@code window
 * SIDE SECONDS}, {@code carry SIDE COUNT}, {@code heap}, {@code quit}. Each line is answered by one
 * of JSON.
 */
public final class InProcess {
  private final Map<String, Side> sides = new LinkedHashMap<>();
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private InProcess() {}

  /**
   * {@code pass|full DEFINITION ORDER SIDE}, {@code routes FOLDER ORDER ROUTES}, {@code durable
   * FOLDER ORDER DEFINITION|MESSAGES_TOGETHER}, {@code waiting DEFINITION ORDER}, {@code
   * camel-routes ROUTES ORDER}, {@code check|editor FOLDER ROUTES}, {@code mapping|json|predicate
   * WORKLOADS BODY SIDE THREADS}, or {@code expressions FOLDER}.
   */
  public static void main(String[] arguments) throws Exception {
    var path = Path.of(arguments[1]);
    var process = new InProcess();
    switch (arguments[0]) {
      case "check" ->
          process.sides.put("check", CheckSide.of(path, Integer.parseInt(arguments[2])));
      case "mapping", "json", "predicate" -> {
        int threads = Integer.parseInt(arguments[4]);
        var body = Path.of(arguments[2]);
        process.sides.put(
            arguments[3], ValueSides.of(arguments[0], arguments[3], path, body, threads));
      }
      case "editor" -> {
        int routes = Integer.parseInt(arguments[2]);
        process.sides.putAll(EditorSide.of(path, BigDefinition.of(routes)));
      }
      case "expressions" -> {
        process.sides.put("load", new LoadingSide());
        process.sides.put("mapping_20", new CompilingSide());
      }
      case "durable" -> {
        byte[] order = Files.readAllBytes(Path.of(arguments[2]));
        process.sides.put("durable", durable(path, order, arguments[3]));
      }
      case "camel-routes" -> {
        byte[] order = Files.readAllBytes(Path.of(arguments[2]));
        process.sides.put("camel", CamelSide.routes(order, Integer.parseInt(arguments[1])));
      }
      case "waiting" ->
          process.sides.put(
              "waiting", WaitingSide.of(path, Files.readAllBytes(Path.of(arguments[2]))));
      case "routes" -> {
        byte[] order = Files.readAllBytes(Path.of(arguments[2]));
        int routes = Integer.parseInt(arguments[3]);
        process.sides.put("routes_" + routes, KernelSide.routes(path, order, routes));
      }
      default -> {
        byte[] order = Files.readAllBytes(Path.of(arguments[2]));
        boolean passes = arguments[0].equals("pass");
        process.sides.put(arguments[3], carrying(arguments[3], passes, path, order));
      }
    }
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      process.serve(in, System.out);
    }
    Runtime.getRuntime().exit(0); // the kernel's timers would keep it
  }

  private static Side durable(Path folder, byte[] order, String what) throws Exception {
    return what.endsWith(".yaml")
        ? DurableSide.of(Path.of(what), order, folder)
        : SqliteSide.of(folder, order, Integer.parseInt(what));
  }

  private static Side carrying(String side, boolean passes, Path definition, byte[] order)
      throws Exception {
    return switch (side) {
      case "plain" -> passes ? PlainSide.passing(order) : PlainSide.reading(order);
      case "camel" -> passes ? CamelSide.passing(order) : CamelSide.reading(order);
      default -> {
        var mode = side.endsWith("unrecorded") ? Stories.Mode.OFF : Stories.Mode.FAILED;
        yield passes
            ? KernelSide.passing(definition, order, mode)
            : KernelSide.reading(definition, order, mode);
      }
    };
  }

  private void serve(BufferedReader in, PrintStream out) throws IOException {
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.strip().split(" ", -1);
      switch (words[0]) {
        case "answer" -> out.println(answer(side(words[1])));
        case "window" -> out.println(window(side(words[1]), Double.parseDouble(words[2])));
        case "carry" -> {
          side(words[1]).run(Integer.parseInt(words[2]));
          out.println(words[2]);
        }
        case "heap" -> out.println(heapBytes());
        case "quit" -> {
          return;
        }
        default -> throw new IllegalArgumentException(line);
      }
      out.flush();
    }
  }

  private Side side(String name) {
    var side = sides.get(name);
    if (side == null) {
      throw new IllegalArgumentException("there is no side " + name);
    }
    return side;
  }

  private static String answer(Side side) {
    side.run(1);
    return new String(side.last(), StandardCharsets.UTF_8);
  }

  private String window(Side side, double seconds) {
    long cpu = system.getProcessCpuTime();
    long bytes = threads.getTotalThreadAllocatedBytes();
    long begun = System.nanoTime();
    long end = begun + (long) (seconds * 1e9);
    long units = 0;
    long now = begun;
    while (now < end) {
      side.run(side.batch());
      units += side.batch();
      now = System.nanoTime();
    }
    return String.format(
        Locale.ROOT,
        "{\"units\":%d,\"cpu_us\":%.1f,\"wall_s\":%.6f,\"bytes\":%d,\"heap_mb\":%d,"
            + "\"classes\":%d,\"metaspace_kb\":%d}",
        units,
        (system.getProcessCpuTime() - cpu) / 1e3,
        (now - begun) / 1e9,
        threads.getTotalThreadAllocatedBytes() - bytes,
        heapPeakMb(),
        ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
        metaspaceKb());
  }

  private static long metaspaceKb() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getName().equals("Metaspace"))
            .mapToLong(pool -> pool.getUsage().getUsed())
            .sum()
        >> 10;
  }

  /** What is in use, without what nobody refers to any more. */
  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The most that was in use at once since the start, garbage that was not collected included. */
  private static long heapPeakMb() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum()
        >> 20;
  }
}
