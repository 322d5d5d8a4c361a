package io.unikernal.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.unikernal.spi.IdentityProvider.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the keys are that tokens are checked with. */
sealed interface KeySource permits KeySource.Fixed, KeySource.Shared, RemoteKeys {
  /** Keys cannot be had at the moment. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    Unavailable(String message) {
      super(message);
    }
  }

  /**
   * What may check a token with this header; none if no key fits.
   *
   * @throws Unavailable if nobody can say
   */
  List<JWSVerifier> verifiers(JWSHeader header) throws Unavailable, InterruptedException;

  /**
   * Grows when keys are exchanged: what was checked before counts no more.
   *
   * @throws Unavailable if the keys are too old to be trusted
   */
  int generation() throws Unavailable;

  static KeySource of(Context context) {
    Config options = context.options();
    Optional<String> secret = options.find(JwtProvider.SECRET);
    if (secret.isPresent()) {
      return new Shared(secret.get());
    }
    Optional<String> jwks = options.find(JwtProvider.JWKS);
    if (jwks.isEmpty()) {
      return new RemoteKeys(context, Optional.empty());
    }
    if (jwks.get().contains("://") && !JwtProvider.isInline(jwks.get())) {
      return new RemoteKeys(context, jwks);
    }
    try {
      return new Fixed(
          PublicKeys.parse(
              JwtProvider.isInline(jwks.get())
                  ? jwks.get()
                  : file(context.baseDir().resolve(jwks.get()))));
    } catch (PublicKeys.Unusable e) {
      throw Fault.of(
              Fault.Code.INVALID,
              "the keys of the identity `" + context.name() + "` are no good: " + e.getMessage())
          .toException(e);
    }
  }

  private static String file(Path path) {
    try {
      if (Files.size(path) > Remote.BYTES_MAX) {
        throw Fault.of(Fault.Code.TOO_LARGE, path + " is over 1 MiB").toException();
      }
      return Files.readString(path);
    } catch (IOException e) {
      throw Fault.of(Fault.Code.NOT_FOUND, "the keys in " + path + " cannot be read")
          .toException(e);
    }
  }

  static List<JWSVerifier> verifiers(PublicKeys keys, JWSHeader header) {
    return keys.fitting(header).stream().flatMap(key -> PublicKeys.verifier(key).stream()).toList();
  }

  /** Those of a file or of the definition itself. */
  record Fixed(PublicKeys keys) implements KeySource {
    @Override
    public List<JWSVerifier> verifiers(JWSHeader header) {
      return KeySource.verifiers(keys, header);
    }

    @Override
    public int generation() {
      return 0;
    }
  }

  /** A secret that both sides know: only for the algorithms that are made for one. */
  record Shared(String secret) implements KeySource {
    @Override
    public List<JWSVerifier> verifiers(JWSHeader header) {
      try {
        return JwtProvider.SHARED.contains(header.getAlgorithm().getName())
            ? List.of(new MACVerifier(secret.getBytes(StandardCharsets.UTF_8)))
            : List.of();
      } catch (JOSEException _) {
        return List.of();
      }
    }

    @Override
    public int generation() {
      return 0;
    }

    /** The secret is nobody's business. */
    @Override
    public String toString() {
      return "Shared";
    }
  }
}
