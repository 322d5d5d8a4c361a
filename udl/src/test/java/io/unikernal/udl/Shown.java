package io.unikernal.udl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A definition that we show to people: in the reference, in the contract, among the examples.
 *
 * @param name what it is called in messages
 * @param file the file of it that is changed; tests beside a definition are such a file too
 * @param main the file that is checked: itself, or one that imports it
 * @param isOffline no user code is there to describe itself
 */
record Shown(String name, Path file, Path main, String text, boolean isOffline) {
  private static final Path REFERENCE = Path.of("../docs/reference/language.md");
  private static final Pattern BLOCK = Pattern.compile("```udl\n(.*?)```", Pattern.DOTALL);

  /** As its main file is checked while {@code file} holds another text. */
  Compilation check(String changed) throws InterruptedException {
    Path absolute = file.toAbsolutePath().normalize();
    Overlay overlay = path -> path.equals(absolute) ? Optional.of(changed) : Optional.empty();
    return UdlCompiler.check(
        main, Fakes.all(), new UdlCompiler.Options(environment(), isOffline).with(overlay));
  }

  /** With the secret that `07-settings` reads. */
  private static Map<String, String> environment() {
    var environment = new HashMap<>(Golden.ENVIRONMENT);
    environment.put("UNIKERNAL_SECRET_SMS_TOKEN", "for tests");
    return environment;
  }

  /** Each file of each definition, copied into a folder. */
  static List<Shown> all(Path folder) throws IOException {
    var definitions = new ArrayList<Shown>();
    Matcher block = BLOCK.matcher(Golden.read(REFERENCE));
    while (block.find()) {
      Path own = Files.createDirectories(folder.resolve("block" + definitions.size()));
      Path file = Files.writeString(own.resolve("block.udl.yaml"), block.group(1));
      String name = "language.md block " + (definitions.size() + 1);
      definitions.add(new Shown(name, file, file, block.group(1), true));
    }
    addAll(Path.of("src/test/contract/orders"), folder, definitions);
    addAll(Path.of("src/test/contract/routing"), folder, definitions);
    try (Stream<Path> examples = Files.list(Path.of("../examples"))) {
      for (Path example : examples.filter(Files::isDirectory).sorted().toList()) {
        addAll(example, folder, definitions);
      }
    }
    return definitions;
  }

  private static void addAll(Path example, Path folder, List<Shown> definitions)
      throws IOException {
    String name = String.valueOf(example.getFileName());
    Path copy = folder.resolve(example.getNameCount() + name);
    var files = new ArrayList<Path>();
    try (Stream<Path> all = Files.walk(example)) {
      for (Path file : all.toList()) {
        Path target = copy.resolve(example.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
          files.add(target);
        }
      }
    }
    List<Path> shown = files.stream().filter(Shown::isDefinition).sorted().toList();
    var texts = new ArrayList<String>();
    for (Path file : shown) {
      texts.add(Golden.read(file));
    }
    Path main =
        shown.stream()
            .filter(file -> !TestFiles.isTest(file) && copy.equals(file.getParent()))
            .filter(file -> texts.stream().noneMatch(text -> imports(text, file)))
            .findFirst()
            .orElseThrow();
    for (Path file : shown) {
      definitions.add(
          new Shown(name + "/" + file.getFileName(), file, main, Golden.read(file), false));
    }
  }

  private static boolean imports(String text, Path file) {
    return text.lines()
        .anyMatch(
            line -> line.startsWith("import:") && line.contains(file.getFileName().toString()));
  }

  private static boolean isDefinition(Path path) {
    return path.toString().endsWith(".udl.yaml") && !path.toString().contains(".unikernal");
  }
}
