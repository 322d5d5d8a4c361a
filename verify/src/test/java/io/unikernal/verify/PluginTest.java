package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.server.AdapterCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A third party's adapter: a folder of jars, dropped in, found, and kept apart. */
class PluginTest {
  private static final String SOURCE =
"""
      package com.example;

      import io.unikernal.model.*;
      import io.unikernal.spi.*;
      import java.util.List;
import java.util.Optional;
      import java.util.Set;

      public final class EchoAdapter implements Adapter {
        @Override public AdapterSpec spec() {
          return new AdapterSpec("echo", List.of(), AdapterSpec.Stability.EXPERIMENTAL, "Answers what it gets.",
              ConfigSpec.NONE, ConfigSpec.NONE,
              (name, operation, system) -> new OperationRule.Result.Shaped(
                  Operation.Direction.CALLED, Type.Simple.ANY, Type.Simple.ANY, Effect.READS, Set.of(), ""),
              List.of());
        }

        @Override public OpenSystem open(SystemContext context) { throw new UnsupportedOperationException(); }
      }
""";

  @TempDir private Path folder;

  @Test
  void aFolderOfJarsIsFoundAndSeesNothingOfTheApplicationButModelAndSpi() throws Exception {
    Path source =
        Files.createDirectories(folder.resolve("src/com/example")).resolve("EchoAdapter.java");
    Files.writeString(source, SOURCE);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString());
    assertThat(compiled).isZero();
    Path jar = Files.createDirectories(folder.resolve("adapters/echo")).resolve("echo.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("com/example/EchoAdapter.class"));
      out.write(Files.readAllBytes(classes.resolve("com/example/EchoAdapter.class")));
      out.putNextEntry(new JarEntry("META-INF/services/io.unikernal.spi.Adapter"));
      out.write("com.example.EchoAdapter\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    var adapters = AdapterCatalog.load(List.of(folder.resolve("adapters")));

    assertThat(adapters).containsKeys("echo", "http", "sqlite");
    ClassLoader loader =
        Optional.ofNullable(adapters.get("echo")).orElseThrow().getClass().getClassLoader();
    assertThat(loader).isNotSameAs(AdapterCatalog.class.getClassLoader());
    assertThat(loader.loadClass("io.unikernal.spi.Adapter"))
        .isSameAs(io.unikernal.spi.Adapter.class);
    for (String hidden :
        List.of("io.vertx.core.Vertx", "io.unikernal.kernel.Kernel", "picocli.CommandLine")) {
      assertThatThrownBy(() -> loader.loadClass(hidden)).isInstanceOf(ClassNotFoundException.class);
    }
  }
}
