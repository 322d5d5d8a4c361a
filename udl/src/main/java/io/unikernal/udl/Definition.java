package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all files together declare, by name, not yet understood. */
final class Definition {
  private final Path path;
  private final Path stateDir;
  final Map<String, Entry> types = new LinkedHashMap<>();
  final Map<String, Entry> systems = new LinkedHashMap<>();
  final Map<String, Entry> functions = new LinkedHashMap<>();
  final Map<String, Entry> templates = new LinkedHashMap<>();
  final List<Node> uses = new ArrayList<>();
  final Map<String, Entry> identities = new LinkedHashMap<>();
  final Map<String, Entry> roles = new LinkedHashMap<>();
  final Map<String, Entry> policies = new LinkedHashMap<>();
  final Map<String, Entry> pipelines = new LinkedHashMap<>();
  final List<Node> routes = new ArrayList<>();
  final Defaults defaults = new Defaults();

  /** Read by `check` only. */
  final List<Node> tests = new ArrayList<>();

  private final List<File> files = new ArrayList<>();

  Definition(Path path, Path stateDir) {
    this.path = path;
    this.stateDir = stateDir;
  }

  Path path() {
    return path;
  }

  Path stateDir() {
    return stateDir;
  }

  /** One file, as a tree. */
  record File(Source source, Node root) {}

  List<File> files() {
    return files;
  }

  /** Takes over what one file declares. */
  void add(Node root, Diagnostics diagnostics) {
    files.add(new File(root.place().source(), root));
    Grammar.DEFINITION
        .read(root, diagnostics)
        .ifPresent(file -> {
          version(file, diagnostics);
          declare(file, "types", "a type", types, diagnostics);
          declare(file, "systems", "a system", systems, diagnostics);
          declare(file, "functions", "a function", functions, diagnostics);
          declare(file, "templates", "a template", templates, diagnostics);
          declare(file, "identities", "an identity", identities, diagnostics);
          declare(file, "roles", "a role", roles, diagnostics);
          declare(file, "policies", "a policy", policies, diagnostics);
          declare(file, "pipelines", "a pipeline", pipelines, diagnostics);
          file.get("defaults").ifPresent(node -> defaults.add(node, diagnostics));
          file.get("routes")
              .ifPresent(list -> routes.addAll(Vocabulary.list(list, "`routes`", diagnostics)));
          file.get("tests")
              .ifPresent(list -> tests.addAll(Vocabulary.list(list, "`tests`", diagnostics)));
          file.get("use")
              .ifPresent(list -> uses.addAll(Vocabulary.list(list, "`use`", diagnostics)));
        });
  }

  private static void version(Mapping file, Diagnostics diagnostics) {
    file.get("udl")
        .filter(node -> !(node instanceof Node.Scalar scalar && scalar.text().equals("7")))
        .ifPresent(node ->
            diagnostics
                .error(Code.UDL_VERSION, node.place(), "this program reads version 7 of UDL")
                .write("udl: 7")
                .edit(node.place(), "7", true));
  }

  private static void declare(
      Mapping file,
      String section,
      String what,
      Map<String, Entry> declared,
      Diagnostics diagnostics) {
    Node node = file.get(section).orElse(null);
    if (node == null || node.isNull()) {
      return;
    }
    for (Entry entry :
        Vocabulary.mapping(node, "`" + section + "`", diagnostics)
            .map(Mapping::entries)
            .orElse(List.of())) {
      boolean isGood =
          switch (section) {
            case "types" -> Names.checkType(entry.key(), diagnostics);
            case "roles" -> Names.checkRole(entry.key(), diagnostics);
            default -> Names.check(entry.key(), what, diagnostics);
          };
      Entry first = declared.putIfAbsent(entry.name(), entry);
      if (isGood && first != null) {
        diagnostics
            .error(
                Code.DUPLICATE_NAME,
                entry.key().place(),
                "there is " + what + " `" + entry.name() + "` already")
            .label("the first is in " + first.key().place());
      }
    }
  }
}
