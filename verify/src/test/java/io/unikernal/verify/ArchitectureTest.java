package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: dependencies point one way. Method: the class files of all modules are read and held
 * against one table; small compiled programs that break a rule show that it can fail.
 */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("io.unikernal");

  @TempDir Path folder;

  @Test
  void modulesKnowOnlyWhomTheTableAllows() {
    assertThat(Architecture.forbiddenDependencies(OURS)).isEmpty();
  }

  @Test
  void packagesAreFlatAndNamedLikeTheirModule() {
    assertThat(Architecture.misplacedPackages(OURS)).isEmpty();
  }

  @Test
  void ofAnAdapterOnlyItsDescriptionIsPublic() {
    assertThat(Architecture.publicInsidesOfAdapters(OURS)).isEmpty();
  }

  @Test
  void classesOfEveryModuleWereRead() {
    var names =
        Architecture.places(OURS).map(Architecture.Place::module).collect(Collectors.toSet());
    assertThat(names).containsExactlyInAnyOrderElementsOf(Architecture.MAY_KNOW.keySet());
    long adapters =
        Checkout.modules().stream().filter(module -> module.startsWith("adapters/")).count();
    assertThat(Architecture.places(OURS).filter(place -> !place.adapter().isEmpty()).count())
        .isGreaterThanOrEqualTo(adapters);
  }

  @Test
  void aKernelThatKnowsTheLanguageIsCaught() throws IOException {
    JavaClasses bad =
        compile(
            "package io.unikernal.udl; public class Language {}",
            "package io.unikernal.kernel; class Loop { io.unikernal.udl.Language[] languages; }");
    assertThat(Architecture.forbiddenDependencies(bad)).isNotEmpty();
  }

  @Test
  void anAdapterThatKnowsAnotherIsCaught() throws IOException {
    JavaClasses bad =
        compile(
            "package io.unikernal.adapter.one; public class OneAdapter {}",
            "package io.unikernal.adapter.two; class Two extends io.unikernal.adapter.one.OneAdapter {}");
    assertThat(Architecture.forbiddenDependencies(bad)).isNotEmpty();
    assertThat(Architecture.publicInsidesOfAdapters(bad)).isEmpty();
  }

  @Test
  void aNestedPackageAndAnUnknownModuleAreCaught() throws IOException {
    JavaClasses bad =
        compile(
            "package io.unikernal.bridge.util; class A {}",
            "package io.unikernal.misc; class B {}",
            "package io.unikernal.adapter.sql; class C {}",
            "package io.unikernal.model; class D {}");
    assertThat(Architecture.misplacedPackages(bad))
        .containsExactly("io.unikernal.bridge.util", "io.unikernal.misc");
  }

  @Test
  void aPublicClassInsideAnAdapterIsCaught() throws IOException {
    JavaClasses bad = compile("package io.unikernal.adapter.sql; public class Rows {}");
    assertThat(Architecture.publicInsidesOfAdapters(bad))
        .containsExactly("io.unikernal.adapter.sql.Rows");
  }

  @Test
  void whatTheTableAllowsIsNotCaught() throws IOException {
    JavaClasses good =
        compile(
            "package io.unikernal.model; public class Value {}",
            "package io.unikernal.spi; public class Port { public io.unikernal.model.Value value; }",
            "package io.unikernal.kernel; class Loop { io.unikernal.spi.Port port; }");
    assertThat(Architecture.forbiddenDependencies(good)).isEmpty();
    assertThat(Architecture.misplacedPackages(good)).isEmpty();
  }

  /** Compiles each source as a file of its own, for the JDK these tests run on. */
  private JavaClasses compile(String... sources) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-d", folder.resolve("out").toString()));
    for (String source : sources) {
      String name = source.replaceFirst("(?s).*?class (\\w+).*", "$1");
      Path file =
          Files.createDirectories(folder.resolve("src" + arguments.size())).resolve(name + ".java");
      arguments.add(Files.writeString(file, source).toString());
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(status).isZero();
    return new ClassFileImporter().importPath(folder.resolve("out"));
  }
}
