package io.unikernal.security;

import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.unikernal.model.Principal;
import io.unikernal.model.Value;
import io.unikernal.spi.IdentityProvider.Context;
import io.unikernal.spi.IdentityProvider.Identifier;
import io.unikernal.spi.IdentityProvider.Verdict;
import io.unikernal.spi.Sender;
import io.unikernal.spi.World;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * Knows clients by certificates that one of the authorities issued. The chain is checked here too,
 * whatever the source checked: who may issue is a matter of the identity. Withdrawn certificates
 * are taken out of `clients`; lists of them (CRL, OCSP) are not asked.
 */
final class CertificateIdentifier implements Identifier {
  static final int CHAIN_MAX = 10;
  private static final String CLIENTS = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  private final World world;
  private final Set<TrustAnchor> anchors;

  /** A connection shows the same certificates with each of its messages. */
  private final TokenCache checked = new TokenCache();

  private final Map<X500Principal, Principal> bySubject = new LinkedHashMap<>();
  private final Map<String, Principal> byName = new LinkedHashMap<>();

  CertificateIdentifier(Context context) {
    world = context.world();
    anchors = anchors(context.options().get(CertificateProvider.AUTHORITIES));
    for (Config client : context.options().get(CertificateProvider.CLIENTS)) {
      var principal =
          new Principal(
              client.get(CertificateProvider.NAME),
              Set.copyOf(client.get(CertificateProvider.ROLES)),
              context.name(),
              Value.Dict.EMPTY);
      client
          .find(CertificateProvider.SUBJECT)
          .ifPresent(subject -> bySubject.put(new X500Principal(subject), principal));
      client.find(CertificateProvider.SAN).ifPresent(name -> byName.put(name, principal));
    }
  }

  private static Set<TrustAnchor> anchors(Path file) {
    try {
      var bytes = new ByteArrayInputStream(Files.readAllBytes(file));
      var anchors = new HashSet<TrustAnchor>();
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
        anchors.add(new TrustAnchor((X509Certificate) one, null));
      }
      if (anchors.isEmpty()) {
        throw Fault.of(Fault.Code.INVALID, file + " holds no certificate").toException();
      }
      return anchors;
    } catch (IOException e) {
      throw Fault.of(Fault.Code.NOT_FOUND, "the certificates in " + file + " cannot be read")
          .toException(e);
    } catch (GeneralSecurityException e) {
      throw Fault.of(Fault.Code.INVALID, file + " holds no certificates in PEM").toException(e);
    }
  }

  @Override
  public Verdict identify(Sender sender) {
    List<X509Certificate> chain = sender.certificates();
    if (chain.isEmpty()) {
      return Verdict.Absent.ABSENT;
    }
    X509Certificate nearest = chain.getFirst();
    Instant now = world.now();
    String chainHash = hash(chain);
    var before = checked.find(chainHash, 0, now);
    if (before.isPresent()) {
      return new Verdict.Known(before.get());
    }
    String subject =
        "the certificate of " + Headers.shown(nearest.getSubjectX500Principal().getName());
    if (chain.size() > CHAIN_MAX) {
      return new Verdict.Refused(subject + " comes with over " + CHAIN_MAX + " others");
    }
    try {
      check(chain);
      if (!isForClients(nearest)) {
        return new Verdict.Refused(subject + " is not for clients");
      }
    } catch (CertPathValidatorException e) {
      return new Verdict.Refused(subject + " is not good: " + e.getReason());
    } catch (GeneralSecurityException _) {
      return new Verdict.Refused(subject + " is not good");
    }
    var known = principal(nearest);
    if (known.isEmpty()) {
      return new Verdict.Foreign(subject + " is of nobody who is known");
    }
    checked.put(chainHash, 0, known.get(), until(chain));
    return new Verdict.Known(known.get());
  }

  private Optional<Principal> principal(X509Certificate nearest) {
    return Optional.ofNullable(bySubject.get(nearest.getSubjectX500Principal()))
        .or(() -> names(nearest).stream().filter(byName::containsKey).map(byName::get).findFirst());
  }

  private static Instant until(List<X509Certificate> chain) {
    return chain.stream()
        .map(one -> one.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** Of all that it was judged by. */
  private static String hash(List<X509Certificate> chain) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (X509Certificate one : chain) {
        digest.update(one.getEncoded());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void check(List<X509Certificate> chain) throws GeneralSecurityException {
    var path = new ArrayList<>(chain);
    // Who sends the authority's own certificate too does no harm; a path ends before it.
    path.removeIf(one -> anchors.stream().anyMatch(anchor -> one.equals(anchor.getTrustedCert())));
    if (path.isEmpty()) {
      throw new CertPathValidatorException("an authority is no client");
    }
    CertPath certificates = CertificateFactory.getInstance("X.509").generateCertPath(path);
    var parameters = new PKIXParameters(anchors);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(world.now()));
    CertPathValidator.getInstance("PKIX").validate(certificates, parameters);
  }

  /** What names no purpose is for all. */
  private static boolean isForClients(X509Certificate certificate)
      throws CertificateParsingException {
    List<String> purposes = certificate.getExtendedKeyUsage();
    return purposes == null || purposes.contains(CLIENTS) || purposes.contains(ANY_PURPOSE);
  }

  private static List<String> names(X509Certificate certificate) {
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      return all == null
          ? List.of()
          : all.stream()
              .map(entry -> entry.get(1))
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .toList();
    } catch (CertificateParsingException _) {
      return List.of();
    }
  }
}
