package io.unikernal.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The checkout that is being verified. */
final class Checkout {
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

  private Checkout() {}

  static Path root() {
    return Path.of(System.getProperty("unikernal.root", "..")).toAbsolutePath().normalize();
  }

  /** Folders of the modules that the parent pom names, e.g. {@code adapters/sql}. */
  static List<String> modules() {
    return MODULE.matcher(text("pom.xml")).results().map((MatchResult m) -> m.group(1)).toList();
  }

  static String text(String path) {
    try {
      return Files.readString(root().resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Files that git tracks. */
  static List<String> tracked() {
    return git("ls-files", "-z");
  }

  /** Files that git tracks or would track: what somebody is working on counts too. */
  static List<String> files() {
    return git("ls-files", "-z", "--cached", "--others", "--exclude-standard").stream()
        .distinct()
        .filter(path -> Files.isRegularFile(root().resolve(path)))
        .toList();
  }

  private static List<String> git(String... arguments) {
    // The folder may belong to somebody else than who runs the tests, as in a container.
    List<String> command = new ArrayList<>(List.of("git", "-c", "safe.directory=*"));
    command.addAll(List.of(arguments));
    try {
      Process git =
          new ProcessBuilder(command)
              .directory(root().toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (git.waitFor() != 0) {
        throw new IllegalStateException(command + " failed in " + root());
      }
      return Pattern.compile("\0").splitAsStream(out).filter(path -> !path.isEmpty()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
