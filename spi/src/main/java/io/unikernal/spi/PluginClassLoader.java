package io.unikernal.spi;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a third party's code sees: the platform, its own jars, and {@code model} and {@code spi} of
 * the application, nothing else; so its libraries cannot clash with ours.
 */
final class PluginClassLoader extends URLClassLoader {
  private static final List<String> SHARED =
      List.of("io.unikernal.model.", "io.unikernal.spi.", "org.jspecify.annotations.");
  private final ClassLoader application;

  PluginClassLoader(URL[] jars, ClassLoader application) {
    super(jars, ClassLoader.getPlatformClassLoader());
    this.application = application;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return SHARED.stream().anyMatch(name::startsWith)
        ? application.loadClass(name)
        : super.loadClass(name, resolve);
  }

  @Override
  public @Nullable URL getResource(String name) {
    return findResource(name);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    Enumeration<URL> own = findResources(name);
    return own == null ? Collections.emptyEnumeration() : own;
  }
}
