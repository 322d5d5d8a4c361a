package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Access;
import io.unikernal.udl.UdlCompiler.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call what, in the plan and in what tools make of it. */
class AccessTest {
  private static final String HASH =
      "sha256:Jx5R0gO5mC4mRk2b:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
  private static final String SYSTEMS =
      """
      systems:
        web:
          type: http
          listen: 8080
          operations:
            list: { get: /list, returns: any }
            drop: { get: /drop, returns: any }
      """;
  private static final String BASE =
      SYSTEMS
          + """
          identities:
            partners: { type: api_key, keys: [{ name: acme, hash: "HASH", roles: [partner] }] }
          roles:
            partner: { may: [web.list] }
            admin: { may: ["*"], not: [web.drop], workers: [web] }
          """
              .replace("HASH", HASH);

  @TempDir Path folder;

  private Compilation compile(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), text);
    return UdlCompiler.compile(file, Fakes.all(), new Options(Map.of(), true));
  }

  private List<String> changes(String before, String after) throws Exception {
    return PlanDiff.between(compile(before), compile(after)).stream()
        .map(change -> change.rule() + " " + change.what() + ": " + change.detail())
        .toList();
  }

  @Test
  void thePlanHoldsIdentitiesAndRoles() throws Exception {
    Access access = compile(BASE).plan().orElseThrow().access();
    assertThat(access.permitted("web.list")).containsExactly("partner", "admin");
    assertThat(access.permitted("web.drop")).isEmpty();
    assertThat(access.rolesOfWorker("web")).containsExactly("admin");
    assertThat(compile(SYSTEMS).plan().orElseThrow().access().isOpen()).isTrue();
  }

  @Test
  void aStarStandsForAnyLettersButTheDot() {
    assertThat(covers("*", "web.list")).isTrue();
    assertThat(covers("web.*", "web.list")).isTrue();
    assertThat(covers("*.list", "web.list")).isTrue();
    assertThat(covers("web.l*t", "web.list")).isTrue();
    assertThat(covers("w*b.*i*", "web.list")).isTrue();
    assertThat(covers("web.list", "web.list")).isTrue();
    assertThat(covers("web*", "web.list")).isFalse();
    assertThat(covers("web.l", "web.list")).isFalse();
    assertThat(covers("*web.list*x", "web.list")).isFalse();
    assertThat(covers("web.list", "web_list")).isFalse();
    assertThat(covers("", "web.list")).isFalse();
    assertThat(covers("*a".repeat(50), "a".repeat(10_000))).isTrue();
  }

  private static boolean covers(String pattern, String operation) {
    return new Access.Grant(pattern, io.unikernal.model.Origin.NONE).covers(operation);
  }

  @Test
  void aWiderGrantIsNamedOperationByOperation() throws Exception {
    assertThat(changes(BASE, BASE)).isEmpty();
    assertThat(changes(BASE, BASE.replace("[web.list]", "[\"web.*\"]")))
        .containsExactly("GRANT_WIDER role partner: may call web.drop");
    assertThat(changes(BASE, BASE.replace("[web.list]", "[web.drop]")))
        .containsExactly(
            "GRANT_WIDER role partner: may call web.drop",
            "GRANT_NARROWER role partner: may no more call web.list");
    assertThat(changes(BASE, BASE.replace(", workers: [web]", "")))
        .containsExactly("GRANT_NARROWER role admin: had no more by the worker web");
    assertThat(changes(SYSTEMS, BASE))
        .contains("ACCESS_CLOSED access: open to all -> by roles")
        .contains("IDENTITY_ADDED identity partners: api_key");
    assertThat(changes(BASE, SYSTEMS)).contains("ACCESS_OPENED access: by roles -> open to all");
  }

  @Test
  void aKeyWithAnotherRoleIsAChangeThatShowsNoHash() throws Exception {
    assertThat(changes(BASE, BASE.replace("roles: [partner]", "roles: [admin]")))
        .singleElement()
        .asString()
        .startsWith("IDENTITY_CHANGED identity partners: keys: ")
        .contains("roles: [partner]", "roles: [admin]")
        .doesNotContain(HASH);
  }

  @Test
  void whatIsExpandedSaysTheSame() throws Exception {
    Path file = Files.writeString(folder.resolve("b.udl.yaml"), BASE);
    var expanded = Expander.expand(file, Fakes.all(), new Options(Map.of(), true));
    String text = expanded.text().orElseThrow();
    assertThat(text).contains("header: x-api-key", "not:");
    assertThat(changes(BASE, text)).isEmpty();
  }

  @Test
  void thePageListsWhoMayCallWhat() throws Exception {
    Path file = Files.writeString(folder.resolve("c.udl.yaml"), BASE);
    var page = DocsPage.write(file, Fakes.all(), new Options(Map.of(), true), false);
    assertThat(page.page().orElseThrow())
        .contains(
            "Who may call what", "| `web.list` | `partner`, `admin` |", "| `web.drop` | nobody |");
  }
}
