package io.unikernal.verify;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The dependency table of STYLE.md, and what holds of every package. */
final class Architecture {
  static final String BASE = "io.unikernal.";
  static final String ADAPTER = "adapter";

  /** Whom a module may know, besides itself. Who is not in the table may not exist. */
  static final Map<String, Set<String>> MAY_KNOW =
      Map.ofEntries(
          Map.entry("model", Set.of()),
          Map.entry("spi", Set.of("model")),
          Map.entry("expr", Set.of("model")),
          Map.entry("udl", Set.of("model", "spi", "expr")),
          Map.entry("kernel", Set.of("model", "spi")),
          Map.entry("store", Set.of("model", "spi")),
          Map.entry("security", Set.of("model", "spi")),
          Map.entry("bridge", Set.of("model", "spi")),
          Map.entry("formats", Set.of("model", "spi")),
          Map.entry(ADAPTER, Set.of("model", "spi")),
          Map.entry("protobuf", Set.of("model", "spi")),
          Map.entry("telemetry", Set.of("model", "spi", "kernel")),
          Map.entry("importers", Set.of("model", "spi", "udl")),
          Map.entry(
              "server",
              Set.of(
                  "model",
                  "spi",
                  "expr",
                  "udl",
                  "kernel",
                  "store",
                  "security",
                  "bridge",
                  "protobuf",
                  "telemetry",
                  "adapter")),
          Map.entry("testing", Set.of("model", "spi", "udl", "kernel", "server")),
          Map.entry("lsp", Set.of("model", "spi", "expr", "udl", "server")),
          Map.entry(
              "cli",
              Set.of(
                  "udl",
                  "importers",
                  "kernel",
                  "security",
                  "server",
                  "testing",
                  "lsp",
                  "model",
                  "spi")));

  private Architecture() {}

  /** A module, or one adapter: {@code adapter} and its name. */
  record Place(String module, String adapter) {
    static Optional<Place> of(String packageName) {
      if (!packageName.startsWith(BASE)) {
        return Optional.empty();
      }
      String[] words = packageName.substring(BASE.length()).split("\\.", -1);
      boolean isAdapter = words[0].equals(ADAPTER) && words.length > 1;
      return Optional.of(new Place(words[0], isAdapter ? words[1] : ""));
    }

    boolean mayKnow(Place other) {
      return equals(other) || MAY_KNOW.getOrDefault(module, Set.of()).contains(other.module);
    }
  }

  static List<String> forbiddenDependencies(JavaClasses classes) {
    return classes.stream()
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .filter(Architecture::isForbidden)
        .map(Dependency::getDescription)
        .sorted()
        .toList();
  }

  private static boolean isForbidden(Dependency dependency) {
    Optional<Place> from = Place.of(dependency.getOriginClass().getPackageName());
    Optional<Place> to =
        Place.of(dependency.getTargetClass().getBaseComponentType().getPackageName());
    return from.isPresent() && to.isPresent() && !from.get().mayKnow(to.get());
  }

  /** Packages that are not {@code io.unikernal.<module>}, an adapter's or a part of the kernel. */
  static List<String> misplacedPackages(JavaClasses classes) {
    return classes.stream()
        .map(JavaClass::getPackageName)
        .distinct()
        .filter(name -> !isFlat(name))
        .sorted()
        .toList();
  }

  private static boolean isFlat(String packageName) {
    int words = packageName.split("\\.", -1).length;
    return Place.of(packageName)
        .filter(place -> MAY_KNOW.containsKey(place.module()))
        .filter(
            place -> words == (place.module().equals(ADAPTER) ? 4 : 3) || isKernelPart(packageName))
        .isPresent();
  }

  /** The kernel has a package for each of its parts: {@code kernel.step}, {@code kernel.sim}, … */
  private static boolean isKernelPart(String packageName) {
    return packageName.startsWith(BASE + "kernel.") && packageName.split("\\.", -1).length == 4;
  }

  /** Public classes of adapters that nobody but the adapter has a use for. */
  static List<String> publicInsidesOfAdapters(JavaClasses classes) {
    return classes.stream()
        .filter(type -> type.getPackageName().startsWith(BASE + ADAPTER + "."))
        .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
        .map(JavaClass::getName)
        .filter(name -> !name.endsWith("Adapter"))
        .sorted()
        .toList();
  }

  /** Places that have a class. */
  static Stream<Place> places(JavaClasses classes) {
    return classes.stream().flatMap(type -> Place.of(type.getPackageName()).stream()).distinct();
  }
}
