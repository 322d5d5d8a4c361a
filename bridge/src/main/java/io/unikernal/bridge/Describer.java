package io.unikernal.bridge;

import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.spi.Describes.Description;
import io.unikernal.spi.Describes.Problem;
import io.unikernal.spi.Describes.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks a file for its functions: runs the SDK's {@code describe} once for each content, and keeps
 * the answer.
 */
final class Describer {
  private static final int SECONDS_MAX = 20;
  private static final int OUTPUT_BYTES_MAX = 4 * 1024 * 1024;
  private static final int FILES_MAX = 500;
  private static final int FOLDER_DEPTH_MAX = 4;
  private final PythonRuntime runtime;
  private final Request request;

  Describer(PythonRuntime runtime, Request request) {
    this.runtime = runtime;
    this.request = request;
  }

  Description describe() throws InterruptedException {
    if (!Files.isRegularFile(runtime.file())) {
      return failed(
          "there is no file " + runtime.file().getFileName(), "write it, or correct `path`");
    }
    try {
      Path kept = request.cacheDir().resolve("describe-" + contentHash() + ".json");
      Optional<Value> known = read(kept);
      if (known.isPresent()) {
        return DescriptionReader.read(known.get(), runtime.file().toString());
      }
      return run(kept);
    } catch (IOException e) {
      return failed("cannot describe it: " + e.getMessage(), "");
    }
  }

  private Description run(Path kept) throws IOException, InterruptedException {
    Path output = Files.createTempFile("unikernal-describe", ".json");
    Path errors = Files.createTempFile("unikernal-describe", ".log");
    try {
      Process process;
      try {
        process =
            runtime
                .process("describe")
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
      } catch (IOException _) {
        return failed(
            "there is no interpreter `" + runtime.interpreter() + "`",
            "install Python 3.9 or later, or set `interpreter`");
      }
      try {
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
          return failed(
              "it did not load within " + SECONDS_MAX + " s",
              "move long work out of the file's top level into functions");
        }
      } finally {
        process.destroyForcibly();
      }
      return answer(process.exitValue(), output, errors, kept);
    } finally {
      Files.deleteIfExists(output);
      Files.deleteIfExists(errors);
    }
  }

  private Description answer(int exit, Path output, Path errors, Path kept) throws IOException {
    byte[] text = Files.size(output) > OUTPUT_BYTES_MAX ? new byte[0] : Files.readAllBytes(output);
    Value value;
    try {
      value = Json.read(text, Json.Limits.DEFAULT);
    } catch (FaultException _) {
      String last = lastLine(errors);
      return failed(
          "it could not be loaded" + (last.isEmpty() ? " (exit " + exit + ")" : ": " + last), "");
    }
    var description = DescriptionReader.read(value, runtime.file().toString());
    if (description instanceof Description.Described) {
      keep(kept, text);
    }
    return description;
  }

  private static String lastLine(Path file) throws IOException {
    var lines =
        new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip().lines().toList();
    return lines.isEmpty() ? "" : lines.getLast();
  }

  private static Optional<Value> read(Path kept) throws IOException {
    if (!Files.isRegularFile(kept)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.read(Files.readAllBytes(kept), Json.Limits.DEFAULT));
    } catch (FaultException _) {
      return Optional.empty(); // A cache that was damaged is asked again.
    }
  }

  private static void keep(Path kept, byte[] text) throws IOException {
    Path folder = Optional.ofNullable(kept.getParent()).orElse(Path.of("."));
    Files.createDirectories(folder);
    Path draft = Files.createTempFile(folder, "describe", ".tmp");
    Files.write(draft, text);
    Files.move(draft, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Of the file, of the Python files beside it that it may import, of the SDK, and of how it is
   * run.
   */
  private String contentHash() throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
    hashFolder(digest, Optional.ofNullable(runtime.file().getParent()).orElse(Path.of(".")));
    hashFolder(digest, runtime.sdk().resolve("unikernal"));
    String rest = runtime.file() + "\n" + runtime.interpreter() + "\n" + runtime.environment();
    digest.update(rest.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }

  private static void hashFolder(MessageDigest digest, Path folder) throws IOException {
    List<Path> files;
    try (var walk = Files.walk(folder, FOLDER_DEPTH_MAX)) {
      files =
          walk.filter(path -> path.toString().endsWith(".py"))
              .filter(path -> !path.toString().contains("__pycache__"))
              .limit(FILES_MAX)
              .sorted()
              .toList();
    }
    for (Path file : files) {
      digest.update(folder.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(Files.readAllBytes(file));
    }
  }

  private Description failed(String message, String hint) {
    return new Description.Failed(
        List.of(new Problem(runtime.file().toString(), 0, message, hint)));
  }
}
