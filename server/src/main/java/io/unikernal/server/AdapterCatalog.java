package io.unikernal.server;

import io.unikernal.spi.Adapter;
import io.unikernal.spi.Plugins;
import io.unikernal.spi.SecretProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every adapter by its name and aliases: the bundled ones, and those of third parties. */
public final class AdapterCatalog {
  private AdapterCatalog() {}

  /** Those of this installation. */
  public static SortedMap<String, Adapter> load() {
    return load(Plugins.installed());
  }

  /** A bundled adapter wins over a third party's of the same name. */
  public static SortedMap<String, Adapter> load(List<Path> folders) {
    SortedMap<String, Adapter> adapters = new TreeMap<>();
    for (Adapter adapter : Plugins.load(Adapter.class, "an adapter", folders)) {
      var spec = adapter.spec();
      adapters.putIfAbsent(spec.name(), adapter);
      spec.aliases().forEach(alias -> adapters.putIfAbsent(alias, adapter));
    }
    return adapters;
  }

  /** Where secrets may come from besides the environment and files. They lie beside adapters. */
  public static List<SecretProvider> secretProviders() {
    return secretProviders(Plugins.installed());
  }

  static List<SecretProvider> secretProviders(List<Path> folders) {
    return Plugins.load(SecretProvider.class, "a provider of secrets", folders);
  }
}
