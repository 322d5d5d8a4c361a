package io.unikernal.security;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.OperationRule.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/** {@code certificate}: the client certificate of a connection (mutual TLS). */
public final class CertificateProvider implements IdentityProvider {
  static final Field<Path> AUTHORITIES =
      Field.path("authorities", "A file with the certificates of who may issue, in PEM.")
          .example("./clients-ca.pem");
  static final Field<String> NAME =
      Field.text("name", "Whose certificate it is: `auth.name`.").example("acme");
  static final Field<String> SUBJECT =
      Field.text("subject", "The whole subject of the certificate.")
          .optional()
          .example("\"CN=acme, O=Acme\"");
  static final Field<String> SAN =
      Field.text("san", "One of its alternative names: a host, an address or a URI.")
          .optional()
          .example("spiffe://example.org/acme");
  static final Field<List<String>> ROLES =
      Field.texts("roles", "The roles that it gives.").or(List.of()).example("[partner]");
  static final Field<List<Config>> CLIENTS =
      Field.optionsList("clients", "Who is known.", ConfigSpec.of(NAME, SUBJECT, SAN, ROLES));

  private static final Spec SPEC =
      new Spec(
          "certificate",
          "The client certificate of a connection: an http system with `tls` and its `authorities`.",
          ConfigSpec.of(AUTHORITIES, CLIENTS),
          List.of());

  @Override
  public Spec spec() {
    return SPEC;
  }

  @Override
  public List<Problem> problems(Config options) {
    var problems = new ArrayList<Problem>();
    List<Config> clients = options.get(CLIENTS);
    for (int i = 0; i < clients.size(); i++) {
      Config client = clients.get(i);
      if (client.has(SUBJECT) == client.has(SAN)) {
        problems.add(
            new Problem(
                "clients." + i,
                "`" + client.get(NAME) + "` is known by its `subject` or by a `san`",
                "write one of the two"));
      }
      if (client.has(SUBJECT) && !isSubject(client.get(SUBJECT))) {
        problems.add(
            new Problem(
                "clients." + i + ".subject",
                "this is no subject",
                "write subject: \"CN=acme, O=Acme\""));
      }
    }
    return problems;
  }

  private static boolean isSubject(String text) {
    try {
      return !new X500Principal(text).getName().isEmpty();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  @Override
  public Optional<Set<String>> roles(Config options) {
    var roles = new LinkedHashSet<String>();
    options.get(CLIENTS).forEach(client -> roles.addAll(client.get(ROLES)));
    return Optional.of(roles);
  }

  @Override
  public Identifier open(Context context) {
    return new CertificateIdentifier(context);
  }
}
