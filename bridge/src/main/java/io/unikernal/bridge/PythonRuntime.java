package io.unikernal.bridge;

import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a Python worker is started.
 *
 * @param environment what the definition gives it
 * @param sdk the folder of the {@code unikernal} package
 */
record PythonRuntime(Path file, String interpreter, Map<String, String> environment, Path sdk) {
  /** What a worker keeps of the kernel's own environment: nothing that could be a secret. */
  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "VIRTUAL_ENV");

  static PythonRuntime of(Config config, Path baseDir) {
    String interpreter = config.get(PythonAdapter.INTERPRETER);
    if (interpreter.contains("/")) {
      interpreter = baseDir.resolve(interpreter).toString();
    }
    return new PythonRuntime(
        baseDir.resolve(config.get(PythonAdapter.PATH)).toAbsolutePath().normalize(),
        interpreter,
        config.get(PythonAdapter.ENVIRONMENT),
        sdkFolder());
  }

  /** {@code command} is {@code serve} or {@code describe}, whose options follow the file. */
  ProcessBuilder process(String command, String... options) {
    var words =
        new ArrayList<>(
            List.of(interpreter, "-X", "utf8", "-m", "unikernal", command, file.toString()));
    words.addAll(List.of(options));
    var builder = new ProcessBuilder(words);
    var variables = new TreeMap<String, String>();
    INHERITED.forEach(name ->
        Optional.ofNullable(System.getenv(name)).ifPresent(text -> variables.put(name, text)));
    variables.putAll(environment);
    variables.merge("PYTHONPATH", sdk.toString(), (users, ours) -> ours + ":" + users);
    variables.put("PYTHONUNBUFFERED", "1");
    builder.environment().clear();
    builder.environment().putAll(variables);
    builder.directory(Optional.ofNullable(file.getParent()).orElse(Path.of(".")).toFile());
    return builder;
  }

  /** In a distribution beside the jars; in a checkout somewhere above. */
  private static Path sdkFolder() {
    String home = System.getProperty("unikernal.home", "");
    Path start = Path.of(home).toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path sdk = folder.resolve("sdks/python");
      if (Files.isDirectory(sdk.resolve("unikernal"))) {
        return sdk;
      }
    }
    throw Fault.of(
            Fault.Code.INTERNAL,
            "the Python SDK is not in this installation",
            "install Unikernal again, or set -Dunikernal.home to its folder")
        .toException();
  }
}
