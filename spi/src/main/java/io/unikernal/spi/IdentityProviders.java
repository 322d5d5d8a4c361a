package io.unikernal.spi;

import java.util.Collections;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every identity provider by its name. */
public final class IdentityProviders {
  private IdentityProviders() {}

  private static final class Installed {
    static final SortedMap<String, IdentityProvider> ALL = load();

    private static SortedMap<String, IdentityProvider> load() {
      var found = new TreeMap<String, IdentityProvider>();
      ServiceLoader.load(IdentityProvider.class, IdentityProviders.class.getClassLoader())
          .forEach(provider -> found.putIfAbsent(provider.spec().name(), provider));
      return Collections.unmodifiableSortedMap(found);
    }
  }

  /** Those on the class path. */
  public static Map<String, IdentityProvider> installed() {
    return Installed.ALL;
  }
}
