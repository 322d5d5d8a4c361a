package io.unikernal.spi;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every identity provider by its name. */
public final class IdentityProviders {
  private IdentityProviders() {}

  private static final class Installed {
    static final SortedMap<String, IdentityProvider> ALL = of(Plugins.installed());
  }

  /** Those of this installation: the bundled ones, and those of third parties. */
  public static Map<String, IdentityProvider> installed() {
    return Installed.ALL;
  }

  /** A bundled one wins over one of {@code folders} that has the same name. */
  static SortedMap<String, IdentityProvider> of(List<Path> folders) {
    var found = new TreeMap<String, IdentityProvider>();
    Plugins.load(IdentityProvider.class, "a provider of identities", folders)
        .forEach(provider -> found.putIfAbsent(provider.spec().name(), provider));
    return Collections.unmodifiableSortedMap(found);
  }
}
