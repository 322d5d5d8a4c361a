package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.cli.Main;
import io.unikernal.importers.TypeMappings;
import io.unikernal.model.Fault;
import io.unikernal.model.Field;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Format;
import io.unikernal.spi.Formats;
import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.IdentityProviders;
import io.unikernal.udl.LanguageSchema;
import io.unikernal.udl.PlanDiff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The reference pages are made from the same values that the program reads. A stale page fails;
 * {@code scripts/reference} writes them anew.
 */
class ReferenceTest {
  private static final long MEBIBYTE = 1024 * 1024;
  private static final boolean WRITE = Boolean.getBoolean("reference.write");

  @Test
  void noPageIsStale() throws IOException {
    Path folder = Definitions.root().resolve("docs/reference");
    for (var page : pages().entrySet()) {
      Path file = folder.resolve(page.getKey());
      if (WRITE) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, page.getValue());
      }
      assertThat(file).as("run scripts/reference").exists();
      assertThat(Files.readString(file))
          .as(file + " is stale: run scripts/reference")
          .isEqualTo(page.getValue());
    }
    try (var files = Files.list(folder.resolve("diagnostics"))) {
      assertThat(files.map(file -> "diagnostics/" + file.getFileName()))
          .as("pages of codes that are gone: remove them")
          .isSubsetOf(pages().keySet());
    }
  }

  private static Map<String, String> pages() {
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("faults.md", faults());
    for (Adapter adapter : AdapterCatalog.load(List.of()).values().stream().distinct().toList()) {
      pages.put("adapters/" + adapter.spec().name() + ".md", adapter(adapter.spec()));
    }
    pages.put("formats.md", formats());
    pages.put("identities.md", identities());
    pages.putAll(LanguageReference.pages());
    pages.put("type-mappings.md", TypeMappings.page());
    pages.put("commands.md", Main.reference());
    pages.put("changes.md", changes());
    pages.put("udl.schema.json", LanguageSchema.of(AdapterCatalog.load(List.of())) + "\n");
    return pages;
  }

  private static String changes() {
    return """
    # Changes

    What `unikernal plan BEFORE AFTER` calls each change, how it comes into a definition that runs, and whether who
    calls from outside may fail after it. Where something is written plays no part.

    """
        + PlanDiff.rules();
  }

  private static String faults() {
    var page = new StringBuilder("# Faults\n\nEvery failure has one of these codes.\n\n");
    page.append("| code | another attempt may help | meaning |\n|---|---|---|\n");
    for (Fault.Code code : Fault.Code.values()) {
      page.append(
          "| `" + code + "` | " + (code.retryable() ? "yes" : "no") + " | " + code.doc() + " |\n");
    }
    return page.toString();
  }

  private static String formats() {
    var page =
        new StringBuilder(
            """
            # Formats

            What bytes mean. A format is chosen by content type, by the end of a file's name, or by
            `format` or `formats` of an operation. What a text stands for, the type says, with the same
            rules and the same paths of what is wrong as in JSON. Options stand under the format's name,
            at an operation or, for all of its operations, at a system.

            A body is limited in bytes by its adapter, in depth (64), in rows or items (1000000) and in
            columns or attributes (4096). Whatever is malformed is told with its byte, and with line and
            column where there are lines.
            """);
    for (Format format : Formats.installed().all()) {
      Format.Spec spec = format.spec();
      page.append("\n## `" + spec.name() + "`\n\n" + spec.summary() + "\n\n");
      page.append("Content types: `" + String.join("`, `", spec.mediaTypes()) + "`.");
      if (!spec.suffixes().isEmpty()) {
        page.append(" Files: `." + String.join("`, `.", spec.suffixes()) + "`.");
      }
      page.append("\n\n");
      spec.notes().forEach(note -> page.append("- " + note + "\n"));
      if (!spec.options().fields().isEmpty()) {
        page.append("\n").append(options(spec.options().fields()));
      }
    }
    return page.toString();
  }

  private static String identities() {
    var page =
        new StringBuilder(
            """
            # Identities and roles

            Who may call what. `identities:` says how callers prove who they are, `roles:` what each role may call.
            A definition that has neither is open to all; one that has either is closed but for what a role
            grants. Before a body is looked at the identities are asked in their order, each for its own kind of proof:

            - the first that knows the caller gives the name, the roles and the claims, `auth` in expressions;
            - a proof that is wrong, expired or of nobody who is known is refused with UNAUTHENTICATED (401);
            - who shows none at all is `anonymous`;
            - who has no role that may is refused: with FORBIDDEN (403), and who is anonymous with 401.

            The caller is told no more. The whole reason, with who, from where, which trace and which place in the
            definition, is a line in `.unikernal/audit.jsonl`.

            ## Roles

            `may` and `not` name operations, `system.operation`; a `*` stands for any letters but the dot, alone for
            all. Who has several roles may what any of them grants. What the role `anonymous` may, everybody may.
            `workers` names systems whose own calls (`client.call`) have the role: a worker calls as `worker:NAME`.
            The steps of a route need no grant, nor does what a source that is asked brings (a timer, a file, a
            queue): nobody sends it to us. `unikernal call` and the control socket act for who runs the kernel, and
            may everything.

            """);
    for (IdentityProvider provider : IdentityProviders.installed().values()) {
      IdentityProvider.Spec spec = provider.spec();
      page.append("## `type: " + spec.name() + "`\n\n" + spec.summary() + "\n\n");
      page.append(options(spec.options().fields())).append('\n');
      for (Field<?> field : spec.options().fields()) {
        if (!field.within().fields().isEmpty()) {
          page.append("Each of `" + field.name() + "`:\n\n");
          page.append(options(field.within().fields())).append('\n');
        }
      }
      for (AdapterSpec.Example example : spec.examples()) {
        page.append(example.title() + ":\n\n```udl\n" + example.udl().strip() + "\n```\n\n");
      }
    }
    return page.toString().strip() + "\n";
  }

  private static String adapter(AdapterSpec spec) {
    var page = new StringBuilder("# `type: " + spec.name() + "`\n\n" + spec.summary() + "\n\n");
    page.append("Stability: " + spec.stability().name().toLowerCase(java.util.Locale.ROOT) + ".");
    if (!spec.aliases().isEmpty()) {
      page.append(" Also written `" + String.join("`, `", spec.aliases()) + "`.");
    }
    page.append("\n\n## Options of the system\n\n").append(options(spec.system().fields()));
    page.append("\n## Options of an operation\n\n").append(options(spec.operation().fields()));
    page.append("\nEvery operation may also have `effect`, `policy` and `doc`.\n");
    for (AdapterSpec.Example example : spec.examples()) {
      page.append("\n## " + example.title() + "\n\n```udl\n" + example.udl().strip() + "\n```\n");
    }
    return page.toString();
  }

  /** A default as a definition would hold it. */
  private static String written(Object value) {
    return switch (value) {
      case Duration time when time.toMillis() % 1000 == 0 -> time.toSeconds() + "s";
      case Duration time -> time.toMillis() + "ms";
      case Long bytes when bytes > 0 && bytes % MEBIBYTE == 0 -> bytes / MEBIBYTE + "MiB";
      case Long bytes when bytes > 0 && bytes % 1024 == 0 -> bytes / 1024 + "KiB";
      default -> value.toString();
    };
  }

  private static String options(List<Field<?>> fields) {
    if (fields.isEmpty()) {
      return "None.\n";
    }
    var table = new StringBuilder("| option | kind | default | meaning |\n|---|---|---|---|\n");
    for (Field<?> field : fields) {
      String kind = field.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
      if (!field.symbols().isEmpty()) {
        kind += ": " + String.join(", ", field.symbols());
      }
      String fallback =
          field
              .fallback()
              .map(value -> "`" + value + "`")
              .orElse(field.isRequired() ? "required" : "");
      String examples =
          field.examples().isEmpty()
              ? ""
              : " Example: `" + String.join("`, `", field.examples()) + "`.";
      table.append(
          "| `"
              + field.name()
              + "` | "
              + kind
              + " | "
              + fallback
              + " | "
              + (field.doc() + examples).replace("|", "\\|")
              + " |\n");
    }
    return table.toString();
  }
}
