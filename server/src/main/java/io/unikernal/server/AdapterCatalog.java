package io.unikernal.server;

import io.unikernal.model.Fault;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.SecretProvider;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Every adapter by its name and aliases: those on the class path, and those of third parties, one
 * folder of jars each, behind a loader of its own.
 */
public final class AdapterCatalog {
  private static final int FOLDERS_MAX = 256;

  private AdapterCatalog() {}

  /**
   * Where an installation keeps third-party adapters: {@code adapters/} of {@code unikernal.home}.
   */
  public static SortedMap<String, Adapter> load() {
    return load(installed());
  }

  private static List<Path> installed() {
    String home = System.getProperty("unikernal.home", "");
    return home.isEmpty() ? List.of() : List.of(Path.of(home, "adapters"));
  }

  /** Where secrets may come from besides the environment and files. They lie beside adapters. */
  public static List<SecretProvider> secretProviders() {
    return secretProviders(installed());
  }

  static List<SecretProvider> secretProviders(List<Path> folders) {
    var providers = new ArrayList<SecretProvider>();
    try {
      ServiceLoader.load(SecretProvider.class).forEach(providers::add);
      for (Path folder : folders) {
        for (Path plugin : subfolders(folder)) {
          var loader = new AdapterClassLoader(jars(plugin), AdapterCatalog.class.getClassLoader());
          for (var provider : ServiceLoader.load(SecretProvider.class, loader)) {
            if (provider.getClass().getClassLoader() == loader) {
              providers.add(provider);
            }
          }
        }
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      throw Fault.of(
              Fault.Code.INTERNAL, "a provider of secrets cannot be loaded: " + e.getMessage())
          .toException(e);
    }
    return List.copyOf(providers);
  }

  /** A bundled adapter wins over a third party's of the same name. */
  public static SortedMap<String, Adapter> load(List<Path> folders) {
    SortedMap<String, Adapter> adapters = new TreeMap<>();
    addAll(adapters, ServiceLoader.load(Adapter.class), "this installation");
    for (Path folder : folders) {
      for (Path plugin : subfolders(folder)) {
        var loader = new AdapterClassLoader(jars(plugin), AdapterCatalog.class.getClassLoader());
        addAll(adapters, ServiceLoader.load(Adapter.class, loader), plugin.toString());
      }
    }
    return adapters;
  }

  private static void addAll(
      SortedMap<String, Adapter> adapters, ServiceLoader<Adapter> found, String where) {
    try {
      found.forEach(adapter -> add(adapters, adapter));
    } catch (ServiceConfigurationError | LinkageError e) {
      throw Fault.of(
              Fault.Code.INTERNAL,
              "an adapter of " + where + " cannot be loaded: " + e.getMessage(),
              "remove its folder, or install a version for this Unikernal")
          .toException(e);
    }
  }

  private static void add(SortedMap<String, Adapter> adapters, Adapter adapter) {
    var spec = adapter.spec();
    adapters.putIfAbsent(spec.name(), adapter);
    spec.aliases().forEach(alias -> adapters.putIfAbsent(alias, adapter));
  }

  private static List<Path> subfolders(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().limit(FOLDERS_MAX).toList();
    } catch (IOException e) {
      throw Fault.of(Fault.Code.INTERNAL, "cannot read the adapter folder " + folder)
          .toException(e);
    }
  }

  private static URL[] jars(Path plugin) {
    var urls = new ArrayList<URL>();
    try (var entries = Files.list(plugin)) {
      for (Path jar : entries.filter(path -> path.toString().endsWith(".jar")).sorted().toList()) {
        urls.add(jar.toUri().toURL());
      }
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      throw Fault.of(Fault.Code.INTERNAL, "cannot read the adapter folder " + plugin)
          .toException(e);
    }
    return urls.toArray(URL[]::new);
  }
}
