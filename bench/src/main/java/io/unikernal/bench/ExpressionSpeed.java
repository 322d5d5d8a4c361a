package io.unikernal.bench;

import com.sun.management.ThreadMXBean;
import io.unikernal.expr.Deployment;
import io.unikernal.model.Value;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What expressions cost interpreted, as bytecode and written by hand: CPU time of the thread, since
 * the machine may be busy, and bytes allocated. Each has a JVM of its own, so that none profits or
 * suffers from another's profile. Without arguments it measures all.
 */
public final class ExpressionSpeed {
  private static final long WARMING_NANOS = 2_000_000_000L;
  private static final long SLICE_NANOS = 150_000_000L;
  private static final int SLICES = 7;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static volatile Value sink = Value.Absent.ABSENT;

  private enum Engine {
    INTERPRETED,
    BYTECODE,
    BY_HAND
  }

  private ExpressionSpeed() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length == 2) {
      System.out.println(
          args[0].equals("COMPILING")
              ? compiling()
              : measured(ExpressionCases.valueOf(args[0]), Engine.valueOf(args[1])));
      return;
    }
    System.out.println("case          engine       ns CPU  bytes");
    for (ExpressionCases one : ExpressionCases.values()) {
      for (Engine engine : Engine.values()) {
        inJvmOfItsOwn(one.name(), engine.name());
      }
    }
    inJvmOfItsOwn("COMPILING", Engine.BYTECODE.name());
  }

  private static void inJvmOfItsOwn(String what, String engine)
      throws IOException, InterruptedException {
    new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xbatch",
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                ExpressionSpeed.class.getName(),
                what,
                engine))
        .inheritIO()
        .start()
        .waitFor();
  }

  private static String measured(ExpressionCases what, Engine engine) {
    var order = ExpressionCases.order();
    var frame = ExpressionCases.frame(order);
    var expression = what.expression();
    Value wanted = expression.evaluate(frame);
    if (!what.byHand(order).equals(wanted)) {
      throw new IllegalStateException(
          what + " by hand is " + what.byHand(order) + ", not " + wanted);
    }
    if (engine == Engine.BYTECODE) {
      var report = Deployment.compile(List.of(expression));
      if (report.compiled() != 1 || !expression.evaluate(frame).equals(wanted)) {
        throw new IllegalStateException(what + " is not the same as bytecode");
      }
    }
    return switch (engine) {
      case INTERPRETED, BYTECODE -> figures(what, engine, () -> expression.evaluate(frame));
      case BY_HAND -> figures(what, engine, () -> what.byHand(order));
    };
  }

  private static String figures(ExpressionCases what, Engine engine, Supplier<Value> work) {
    int runs = 1;
    for (long start = cpu(); cpu() - start < WARMING_NANOS; ) {
      long before = cpu();
      run(work, runs);
      if (cpu() - before < SLICE_NANOS / 10) {
        runs *= 2;
      }
    }
    var nanos = new double[SLICES];
    double bytes = Double.MAX_VALUE;
    for (int slice = 0; slice < SLICES; slice++) {
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long before = cpu();
      long done = 0;
      do {
        run(work, runs);
        done += runs;
      } while (cpu() - before < SLICE_NANOS);
      nanos[slice] = (cpu() - before) / (double) done;
      bytes =
          Math.min(bytes, (THREADS.getCurrentThreadAllocatedBytes() - allocated) / (double) done);
    }
    Arrays.sort(nanos);
    return String.format(Locale.ROOT, "%-13s %-11s %7.1f %6.0f", what, engine, nanos[0], bytes);
  }

  private static long cpu() {
    return THREADS.getCurrentThreadCpuTime();
  }

  private static void run(Supplier<Value> work, int runs) {
    for (int i = 0; i < runs; i++) {
      sink = work.get();
    }
  }

  /** From a typed mapping of 20 fields to code that can run, warm. */
  private static String compiling() {
    long least = Long.MAX_VALUE;
    long first = 0;
    for (int i = 0; i < 300; i++) {
      var mapping = ExpressionCases.MAPPING.expression();
      long before = cpu();
      Deployment.compile(List.of(mapping));
      long took = cpu() - before;
      least = Math.min(least, took);
      first = i == 0 ? took : first;
    }
    return String.format(
        Locale.ROOT,
        "compiling a mapping of 20 fields: %.2f ms, the first %.0f ms",
        least / 1e6,
        first / 1e6);
  }
}
