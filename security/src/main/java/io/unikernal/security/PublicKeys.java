package io.unikernal.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of an issuer that signatures may be checked with: RSA of 2048 bits or more, and elliptic
 * curves. Others are left out: a shared secret that stands in public is none.
 *
 * @param prints what they are, to see whether they changed
 */
record PublicKeys(List<JWK> keys, Set<String> prints) {
  static final int KEYS_MAX = 100;
  private static final int RSA_BITS_MIN = 2048;

  /** A text that holds no usable keys. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
      super(message);
    }
  }

  static PublicKeys parse(String json) throws Unusable {
    JWKSet all;
    try {
      all = JWKSet.parse(json);
    } catch (ParseException | IllegalArgumentException _) {
      throw new Unusable("this is no set of keys (JWKS)");
    }
    if (all.size() > KEYS_MAX) {
      throw new Unusable("over " + KEYS_MAX + " keys");
    }
    var usable = new ArrayList<JWK>();
    var prints = new java.util.TreeSet<String>();
    for (JWK key : all.getKeys()) {
      if (isUsable(key)) {
        usable.add(key);
        prints.add(key.getKeyID() + " " + ApiKeys.base64(ApiKeys.sha256(bytes(key))));
      }
    }
    if (usable.isEmpty()) {
      throw new Unusable("none of the keys is a public RSA key of 2048 bits or more, or an EC key");
    }
    return new PublicKeys(List.copyOf(usable), Set.copyOf(prints));
  }

  private static byte[] bytes(JWK key) {
    return key.toPublicJWK().toJSONString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static boolean isUsable(JWK key) {
    boolean isForSigning = key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE);
    return isForSigning
        && (key instanceof ECKey || (key instanceof RSAKey && key.size() >= RSA_BITS_MIN));
  }

  /** Those that a token with this header may be signed with: the key says of which kind it is. */
  List<JWK> fitting(JWSHeader header) {
    return keys.stream().filter(key -> fits(key, header)).toList();
  }

  private static boolean fits(JWK key, JWSHeader header) {
    JWSAlgorithm algorithm = header.getAlgorithm();
    boolean isOfKind =
        switch (key) {
          case RSAKey _ -> JWSAlgorithm.Family.RSA.contains(algorithm);
          case ECKey curve ->
              JWSAlgorithm.Family.EC.contains(algorithm)
                  && com.nimbusds.jose.jwk.Curve.forJWSAlgorithm(algorithm)
                      .contains(curve.getCurve());
          default -> false;
        };
    boolean isNamed = header.getKeyID() == null || header.getKeyID().equals(key.getKeyID());
    boolean isFor = key.getAlgorithm() == null || key.getAlgorithm().equals(algorithm);
    return isOfKind && isNamed && isFor;
  }

  /** Empty where this machine cannot check with the key. */
  static Optional<JWSVerifier> verifier(JWK key) {
    try {
      return switch (key) {
        case RSAKey rsa -> Optional.of(new RSASSAVerifier(rsa.toRSAPublicKey()));
        case ECKey curve -> Optional.of(new ECDSAVerifier(curve.toECPublicKey()));
        default -> Optional.empty();
      };
    } catch (JOSEException _) {
      return Optional.empty();
    }
  }
}
