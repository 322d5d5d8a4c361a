package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is misspelt in the first example is noticed. */
class MutationTest {
  private static final Path ORDERS = Path.of("src/test/contract/orders/orders.udl.yaml");

  /** A key of YAML, with what stands before it in its line. */
  private static final Pattern KEY =
      Pattern.compile("(?<=[\\s{,])([a-z_A-Z]+)(?=:(\\s|$))", Pattern.MULTILINE);

  @TempDir Path folder;

  @Test
  void everyKeyThatIsRenamedIsNoticed() throws Exception {
    String text = Golden.read(ORDERS);
    Matcher key = KEY.matcher(text);
    var silent = new ArrayList<String>();
    int count = 0;
    while (key.find()) {
      if (isComment(text, key.start()) || key.group().equals("failed")) {
        continue;
      }
      String renamed = text.substring(0, key.end()) + "x" + text.substring(key.end());
      count++;
      if (isSilent(renamed)) {
        silent.add(key.group() + " in line " + text.substring(0, key.start()).lines().count());
      }
    }
    assertThat(count).isGreaterThan(80);
    assertThat(silent).isEmpty();
  }

  @Test
  void everyNameOfATypeThatIsMisspeltIsNoticed() throws Exception {
    assertNoticed(
        "(?<=: |\\()(NewOrder|Order|Item|Sku|Placed|Alert|uuid|timestamp|string)(?=[\\s,)}?(\"]|$)");
  }

  @Test
  void everyReferenceThatIsMisspeltIsNoticed() throws Exception {
    assertNoticed(
        "(?<=: )(web\\.create_order|web\\.get_order|place_order|db\\.order_by_id|db\\.save_order"
            + "|pricing\\.quote|notices\\.order_placed|notices\\.order_failed"
            + "|public_api|retry_3x|pii|keyed)(?=[\\s,}(]|$)");
  }

  @Test
  void everyNameInAnExpressionThatIsMisspeltIsNoticed() throws Exception {
    assertNoticed(
        "(?<=\\$\\{|\\.|\\?)(input|quote|order|error|items|customer|email|total|message|now|uuid)(?=[.}(])");
  }

  @Test
  void everyLineThatIsLeftOutIsNoticedUnlessItSaysNothingNew() throws Exception {
    List<String> lines = Golden.read(ORDERS).lines().toList();
    var silent = new ArrayList<String>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      var rest = new ArrayList<>(lines);
      rest.remove(i);
      if (!line.isBlank() && isSilent(String.join("\n", rest) + "\n")) {
        silent.add(line.strip().replaceFirst("\\s+#.*", ""));
      }
    }
    // Optional things, and defaults: what remains is a definition that means something else.
    assertThat(silent)
        .containsExactlyInAnyOrder(
            "udl: 7",
            "instances: 2",
            "schema: ./schema.sql",
            "effect: keyed(id)",
            "insert into orders (id, customer, email, items, note, total, status, placed_at)",
            "on conflict (id) do nothing",
            "- { type: rate_limit, limit: 1000, window: 1s }",
            "- { type: timeout, after: 5s }",
            "input: NewOrder",
            "with: { items: \"${input.items}\" }",
            "note: ${input.?note}",
            "- { name: saved, system: db.save_order, with: \"${order}\" }");
  }

  private void assertNoticed(String pattern) throws Exception {
    String text = Golden.read(ORDERS);
    Matcher match = Pattern.compile(pattern, Pattern.MULTILINE).matcher(text);
    var silent = new ArrayList<String>();
    int count = 0;
    while (match.find()) {
      if (isComment(text, match.start())) {
        continue;
      }
      count++;
      String changed = text.substring(0, match.end()) + "zz" + text.substring(match.end());
      if (isSilent(changed)) {
        silent.add(match.group() + " in line " + text.substring(0, match.start()).lines().count());
      }
    }
    assertThat(count).isGreaterThan(5);
    assertThat(silent).isEmpty();
  }

  private static boolean isComment(String text, int at) {
    int lineStart = text.lastIndexOf('\n', at - 1) + 1;
    return text.substring(lineStart, at).contains("#");
  }

  /** Whether the compiler says nothing that it does not say of the example itself. */
  private boolean isSilent(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("orders.udl.yaml"), text);
    return Golden.compile(file).diagnostics().stream()
        .allMatch(diagnostic -> diagnostic.code().equals(Code.RETRY_UNKNOWN.id()));
  }
}
