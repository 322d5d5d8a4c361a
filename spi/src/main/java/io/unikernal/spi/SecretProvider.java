package io.unikernal.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where {@code ${secret.name}} gets its value from. Found by {@code ServiceLoader}; which of those
 * found are asked, and in which order, is declared: {@code defaults: { secrets: { from: [env, file]
 * } }}. Asked once, when a definition is loaded. Nothing that a provider says may hold a secret:
 * not its exceptions and not its logs.
 */
public interface SecretProvider {

  /** What a definition writes at {@code from}: letters in lower case. */
  String name();

  /**
   * The value; empty if this provider has no secret of that name, so that the next is asked.
   *
   * @throws IOException if it cannot say; its message is shown
   */
  Optional<String> find(String secret, Request request) throws IOException, InterruptedException;

  /** In words, for who looks for a missing secret: {@code the variable UNIKERNAL_SECRET_X}. */
  String where(String secret);

  /**
   * What a provider may use.
   *
   * @param environment the variables, those of {@code .env} files among them; addresses and
   *     credentials of a provider stand there
   * @param stateDir {@code .unikernal} beside the definition
   */
  record Request(Map<String, String> environment, Path stateDir) {}
}
