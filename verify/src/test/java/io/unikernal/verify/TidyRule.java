package io.unikernal.verify;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A rule of STYLE.md that can be checked on one file.
 *
 * @param applies to which paths
 * @param check what is wrong with a file, each with its line where there is one; empty if nothing
 * @param bad a file that breaks the rule, so that no rule can exist that never fails
 */
record TidyRule(String name, Predicate<String> applies, Check check, Example bad) {
  interface Check {
    List<String> problems(String text);
  }

  record Example(String path, String text) {}

  static final int FILE_LINES_MAX = 600;
  static final int METHOD_LINES_MAX = 60;
  static final int COLUMNS_MAX = 120;
  private static final int BINARY_PROBE_CHARS = 8_000;

  private static final Predicate<String> JAVA = path -> path.endsWith(".java");
  private static final Predicate<String> MAIN = JAVA.and(path -> path.contains("/src/main/"));
  private static final Predicate<String> SOURCE =
      JAVA.or(path -> path.endsWith(".py") || path.endsWith(".sh"));
  private static final Predicate<String> TEXT =
      SOURCE.or(path -> path.endsWith(".xml") || path.endsWith(".md") || path.endsWith(".yaml"));

  /** The kernel's world, where alone it may touch the machine. */
  private static final Predicate<String> KERNEL =
      MAIN.and(path ->
          path.startsWith("kernel/")
              && !path.contains("/SystemWorld")
              && !path.endsWith("/TimerWheel.java"));

  private static final Set<String> IMPURE =
      Set.of(
          "Thread.sleep",
          "Thread.ofVirtual",
          "Thread.ofPlatform",
          "Thread.startVirtualThread",
          "Executors.newVirtualThreadPerTaskExecutor",
          "System.nanoTime",
          "System.currentTimeMillis",
          "Instant.now",
          "UUID.randomUUID",
          "Math.random",
          "ThreadLocalRandom.current",
          "new Thread",
          "new Random",
          "new SecureRandom");

  private static final Set<String> PRINTING = Set.of("System.out", "System.err");
  private static final Set<String> LOCKING = Set.of("synchronized");
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(FIX" + "ME|TO" + "DO|XX" + "X)\\b");
  private static final Pattern MOCKING =
      Pattern.compile("mockito|easymock|jmock|jmockit|powermock|mockk", Pattern.CASE_INSENSITIVE);

  static final List<TidyRule> ALL =
      List.of(
          new TidyRule(
              "a file has at most " + FILE_LINES_MAX + " lines",
              SOURCE,
              text -> tooMany(text.lines().count(), FILE_LINES_MAX, "the file has %d lines"),
              new Example("model/src/main/java/A.java", "\n".repeat(FILE_LINES_MAX + 1))),
          new TidyRule(
              "a method has at most " + METHOD_LINES_MAX + " lines",
              JAVA,
              TidyRule::longMethods,
              new Example(
                  "model/src/main/java/A.java",
                  "class A {\n  void m() {" + "\n".repeat(METHOD_LINES_MAX) + "  }\n}")),
          new TidyRule(
              "a line has at most " + COLUMNS_MAX + " characters",
              JAVA,
              TidyRule::longLines,
              new Example("model/src/main/java/A.java", "//" + "x".repeat(COLUMNS_MAX))),
          new TidyRule(
              "the kernel locks with ReentrantLock, which the simulation can schedule",
              KERNEL,
              text -> uses(text, LOCKING),
              new Example(
                  "kernel/src/main/java/A.java",
                  "class A { void m() { synchronized (this) {} } }")),
          new TidyRule(
              "time, sleep, threads and randomness in the kernel come from World",
              KERNEL,
              text -> uses(text, IMPURE),
              new Example(
                  "kernel/src/main/java/A.java",
                  "class A { java.util.function.LongSupplier c = System::nanoTime; }")),
          new TidyRule(
              "only the command line prints, and what bench/run asks",
              MAIN.and(path -> !path.startsWith("cli/") && !path.startsWith("bench/")),
              text -> uses(text, PRINTING),
              new Example(
                  "server/src/main/java/A.java", "class A { void m() { System.out.println(); } }")),
          new TidyRule(
              "nothing unfinished is marked for later: it is done, or an issue",
              TEXT,
              text -> matches(text, UNFINISHED),
              new Example("docs/a.md", "one\ntwo // TO" + "DO: three")),
          new TidyRule(
              "fakes are written by hand: no mocking library",
              path -> path.endsWith("pom.xml"),
              text -> matches(text, MOCKING),
              new Example("model/pom.xml", "<artifactId>mockito-core</artifactId>")),
          new TidyRule(
              "no binary is tracked",
              path -> !isPicture(path),
              text ->
                  text.substring(0, Math.min(text.length(), BINARY_PROBE_CHARS)).indexOf('\0') < 0
                      ? List.of()
                      : List.of("a binary file"),
              new Example("lib/a.bin", "MZ\0\0")));

  private static List<String> longMethods(String text) {
    return JavaSource.parse(text).methods().stream()
        .filter(method -> method.lines() > METHOD_LINES_MAX)
        .map(method ->
            "line %d: %s has %d lines".formatted(method.line(), method.name(), method.lines()))
        .toList();
  }

  private static List<String> longLines(String text) {
    List<String> lines = text.lines().toList();
    return IntStream.range(0, lines.size())
        .filter(i -> lines.get(i).length() > COLUMNS_MAX)
        .mapToObj(i -> "line %d has %d characters".formatted(i + 1, lines.get(i).length()))
        .toList();
  }

  private static List<String> uses(String text, Set<String> banned) {
    return JavaSource.parse(text).uses().stream()
        .filter(use -> banned.stream().anyMatch(name -> isUseOf(use.what(), name)))
        .map(use -> "line %d: %s".formatted(use.line(), use.what()))
        .toList();
  }

  /** Whether it is the name, or the same name written in full: {@code java.lang.Thread.sleep}. */
  private static boolean isUseOf(String used, String name) {
    String bare = name.startsWith("new ") ? name.substring(4) : name;
    return used.equals(name)
        || (used.startsWith("new ") == name.startsWith("new ") && used.endsWith("." + bare));
  }

  private static List<String> matches(String text, Pattern banned) {
    List<String> lines = text.lines().toList();
    return IntStream.range(0, lines.size())
        .filter(i -> banned.matcher(lines.get(i)).find())
        .mapToObj(i -> "line %d: %s".formatted(i + 1, lines.get(i).strip()))
        .toList();
  }

  private static List<String> tooMany(long count, long max, String message) {
    return count <= max ? List.of() : List.of(message.formatted(count));
  }

  private static boolean isPicture(String path) {
    return path.endsWith(".png") || path.endsWith(".ico") || path.endsWith(".woff2");
  }
}
