package io.unikernal.spi;

import io.unikernal.model.Fault;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What third parties add to an installation: adapters, providers of secrets and of identities. One
 * folder of jars each, behind a loader of its own, so that their libraries clash with nobody's.
 */
public final class Plugins {
  private static final int FOLDERS_MAX = 256;

  /** One loader for each folder, whatever is asked of it: its parts share their classes. */
  private static final Map<Path, ClassLoader> LOADERS = new ConcurrentHashMap<>();

  private Plugins() {}

  /** Where this installation keeps them: {@code adapters/} of {@code unikernal.home}. */
  public static List<Path> installed() {
    String home = System.getProperty("unikernal.home", "");
    return home.isEmpty() ? List.of() : List.of(Path.of(home, "adapters"));
  }

  /**
   * Every provider of a service: those on the class path first, then those in the subfolders of
   * {@code folders} by their names.
   *
   * @param what it is, as an error says it: {@code an adapter}
   * @throws io.unikernal.model.FaultException INTERNAL for one that cannot be loaded
   */
  public static <T> List<T> load(Class<T> service, String what, List<Path> folders) {
    var application = Plugins.class.getClassLoader();
    var found = new ArrayList<T>();
    collect(ServiceLoader.load(service, application), found, what, "this installation");
    for (Path folder : folders) {
      for (Path plugin : subfolders(folder)) {
        var loader =
            LOADERS.computeIfAbsent(
                plugin.toAbsolutePath().normalize(),
                path -> new PluginClassLoader(jars(path), application));
        collect(ServiceLoader.load(service, loader), found, what, plugin.toString());
      }
    }
    return List.copyOf(found);
  }

  private static <T> void collect(ServiceLoader<T> from, List<T> found, String what, String where) {
    try {
      from.forEach(found::add);
    } catch (ServiceConfigurationError | LinkageError e) {
      throw Fault.of(
              Fault.Code.INTERNAL,
              "%s of %s cannot be loaded: %s".formatted(what, where, e.getMessage()),
              "remove its folder, or install a version for this Unikernal")
          .toException(e);
    }
  }

  private static List<Path> subfolders(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().limit(FOLDERS_MAX).toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
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
      throw unreadable(plugin, e);
    }
    return urls.toArray(URL[]::new);
  }

  private static RuntimeException unreadable(Path folder, IOException cause) {
    return Fault.of(Fault.Code.INTERNAL, "cannot read the adapter folder " + folder)
        .toException(cause);
  }
}
