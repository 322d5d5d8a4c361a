package io.unikernal.kernel;

import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.IdentityProviders;
import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;
import java.util.Map;

/**
 * Where a kernel runs: what it lives on besides its plan.
 *
 * @param identities what knows callers, by the name that an identity has as its {@code type}
 */
public record Site(
    World world, Listener listener, StateStore state, Map<String, IdentityProvider> identities) {

  /** With the identity providers that are installed. */
  public Site(World world, Listener listener, StateStore state) {
    this(world, listener, state, IdentityProviders.installed());
  }
}
