package io.unikernal.bridge;

import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.spi.Describes.Description;
import io.unikernal.spi.Describes.Problem;
import io.unikernal.spi.Describes.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Asks a file for its functions: runs the SDK's {@code describe} once for each content, and keeps
 * the answer.
 */
final class Describer {
  static final int SECONDS_MAX = 20;
  private final PythonRuntime runtime;
  private final Request request;
  private final int secondsMax;

  Describer(PythonRuntime runtime, Request request, int secondsMax) {
    this.runtime = runtime;
    this.request = request;
    this.secondsMax = secondsMax;
  }

  Description describe() throws InterruptedException {
    if (!Files.isRegularFile(runtime.file())) {
      return failed(
          "there is no file " + runtime.file().getFileName(), "write it, or correct `path`");
    }
    try {
      Optional<Path> kept =
          ContentHash.of(runtime)
              .map(hash -> request.cacheDir().resolve("describe-" + hash + ".json"));
      Optional<Value> known = kept.isPresent() ? read(kept.get()) : Optional.empty();
      return known.isPresent()
          ? DescriptionReader.read(known.get(), runtime.file().toString())
          : run(kept);
    } catch (IOException e) {
      return failed("cannot describe it: " + e.getMessage(), "");
    }
  }

  /** What is kept for this content; nothing runs. */
  Optional<Description> remembered() {
    try {
      Optional<String> hash =
          Files.isRegularFile(runtime.file()) ? ContentHash.of(runtime) : Optional.empty();
      Optional<Value> known =
          hash.isPresent()
              ? read(request.cacheDir().resolve("describe-" + hash.get() + ".json"))
              : Optional.empty();
      return known.map(value -> DescriptionReader.read(value, runtime.file().toString()));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private Description run(Optional<Path> kept) throws IOException, InterruptedException {
    Capture capture;
    try {
      capture = Capture.start(runtime.process("describe"));
    } catch (IOException _) {
      return failed(
          "there is no interpreter `" + runtime.interpreter() + "`",
          "install Python 3.9 or later, or set `interpreter`");
    }
    if (!capture.await(secondsMax)) {
      return failed(
          "it did not load within " + secondsMax + " s",
          "move long work out of the file's top level into functions");
    }
    Optional<byte[]> output = capture.output();
    if (output.isEmpty()) {
      return failed("its description is over 4 MiB", "split the file");
    }
    Value value;
    try {
      value = Json.read(output.get(), Json.Limits.DEFAULT);
    } catch (FaultException _) {
      String last = capture.lastErrorLine();
      return failed(
          "it could not be loaded: " + (last.isEmpty() ? "exit code " + capture.exitValue() : last),
          "");
    }
    var description = DescriptionReader.read(value, runtime.file().toString());
    if (description instanceof Description.Described && kept.isPresent()) {
      keep(kept.get(), output.get());
    }
    return description;
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
    try {
      Files.write(draft, text);
      Files.move(draft, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private Description failed(String message, String hint) {
    return new Description.Failed(
        List.of(new Problem(runtime.file().toString(), 0, message, hint)));
  }
}
