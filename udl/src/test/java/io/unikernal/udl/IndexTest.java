package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Index.Kind;
import io.unikernal.udl.UdlCompiler.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an editor is told of places, in text that is right, wrong, and not YAML. */
class IndexTest {
  private static final String ORDERS =
      """
      types:
        Item: { sku: string, qty: "int(1..999)" }
        Order:
          id: uuid
          items: list(Item)
          note: string?
      systems:
        bus:
          type: memory
          operations:
            orders: { receives: Order }
            stored: { accepts: Order, effect: idempotent, doc: Keeps an order. }
      policies:
        patient: { type: retry, attempts: 10 }
      routes:
        - from: bus.orders
          to: store
          when: input.items.size() > 0
      pipelines:
        store:
          input: Order
          steps:
            - name: large
              set: ${input.items.filter(item_of, item_of.qty > 10)}
            - system: bus.stored
              policy: patient
              with: { id: "${input.id}", items: "${large}", note: "${input.?note}" }
      """;

  @TempDir Path folder;
  private Path file = Path.of("");
  private final Workspace workspace = new Workspace(Fakes.all());

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("orders.udl.yaml").toAbsolutePath().normalize();
    Files.writeString(file, ORDERS);
  }

  private Compilation compile(String text) {
    try {
      return workspace.compile(
          file,
          new Options(Map.of(), true)
              .with((Overlay) path -> path.equals(file) ? Optional.of(text) : Optional.empty()));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Index index(String text) {
    return compile(text).index().orElseThrow();
  }

  /** The labels of what may stand at the `|` of the text. */
  private List<String> suggested(String marked) {
    return suggestions(marked).stream().map(Suggestion::label).toList();
  }

  private List<Suggestion> suggestions(String marked) {
    int cursor = marked.indexOf('|');
    String text = marked.substring(0, cursor) + marked.substring(cursor + 1);
    return index(text).suggest(file, text, cursor);
  }

  private static String with(String line, String replacement) {
    assertThat(ORDERS).contains(line);
    return ORDERS.replace(line, replacement);
  }

  private String placesOf(Index index, Kind kind, String id) {
    return index.places(index.find(kind, id).orElseThrow()).stream()
        .map(it -> ORDERS.substring(it.start(), it.end()) + "@" + line(it.start()))
        .toList()
        .toString();
  }

  private static long line(int offset) {
    return ORDERS.substring(0, offset).chars().filter(c -> c == '\n').count() + 1;
  }

  @Test
  void everythingWithANameIsASymbolAndIsFoundWhereItIsNamed() {
    Index index = index(ORDERS);
    assertThat(compile(ORDERS).diagnostics())
        .extracting(Diagnostic::code)
        .containsExactly("UDL-4008");
    assertThat(placesOf(index, Kind.TYPE, "Order"))
        .isEqualTo("[Order@3, Order@11, Order@12, Order@21]");
    assertThat(placesOf(index, Kind.SYSTEM, "bus")).isEqualTo("[bus@8, bus@16, bus@25]");
    assertThat(placesOf(index, Kind.OPERATION, "bus.stored")).isEqualTo("[stored@12, stored@25]");
    assertThat(placesOf(index, Kind.POLICY, "patient")).isEqualTo("[patient@14, patient@26]");
    assertThat(placesOf(index, Kind.PIPELINE, "store")).isEqualTo("[store@20, store@17]");
    assertThat(placesOf(index, Kind.STEP, "store/large")).isEqualTo("[large@23, large@27]");
    assertThat(placesOf(index, Kind.FIELD, "Item.qty")).isEqualTo("[qty@2, qty@24]");
  }

  @Test
  void hoverTellsTypesOptionsAndFunctions() {
    Index index = index(ORDERS);
    assertThat(hover(index, "item_of.qty")).contains("item_of: Item");
    assertThat(hover(index, "qty > 10")).contains("Item.qty: int(1..999)");
    assertThat(hover(index, "size() >")).contains("list(T).size() -> int");
    assertThat(hover(index, "stored\n")).contains("effect: idempotent").contains("Keeps an order.");
    assertThat(hover(index, "large\n")).contains("large: list(Item)");
    assertThat(hover(index, "attempts")).contains("how often in all").contains("default 3");
    assertThat(hover(index, "steps:")).contains("what it does, in order");
    assertThat(hover(index, "store:\n")).contains("store (pipeline)");
    assertThat(hover(index, "Order }")).contains("note: string?");
  }

  private String hover(Index index, String at) {
    return index.explain(file, ORDERS.indexOf(at) + 1).orElseThrow().text();
  }

  @Test
  void keysAreThoseThatMayStandThereAndDoNotYet() {
    assertThat(suggested(with("    to: store\n", "    to: store\n    |\n")))
        .contains("policy", "doc")
        .doesNotContain("from", "to", "when");
    assertThat(suggested(with("    type: memory\n", "    type: memory\n    cl|\n")))
        .contains("clearance", "policy")
        .doesNotContain("type", "operations");
    assertThat(suggested(with("{ receives: Order }", "{ receives: Order, | }")))
        .contains("effect", "doc")
        .doesNotContain("receives");
    assertThat(suggested(with("policy: patient\n", "po|\n")))
        .contains("policy", "when", "name")
        .doesNotContain("set", "parallel");
    assertThat(suggested(ORDERS + "|\n")).contains("import").doesNotContain("types");
    assertThat(suggested(with("attempts: 10", "at|"))).contains("attempts", "delay");
  }

  @Test
  void valuesAreThoseThatAreDeclared() {
    assertThat(suggested(with("from: bus.orders", "from: bus.|"))).containsExactly("bus.orders");
    assertThat(suggested(with("to: store", "to: |"))).contains("bus.stored", "store");
    assertThat(suggested(with("policy: patient", "policy: |"))).contains("patient");
    assertThat(suggested(with("input: Order", "input: list(O|)"))).contains("Order", "string");
    assertThat(suggested(with("type: memory", "type: |"))).contains("memory", "http");
    assertThat(suggested(with("type: retry", "type: |"))).contains("retry", "timeout");
  }

  @Test
  void insideAnExpressionNamesAndFieldsHaveTheirTypes() {
    assertThat(suggested(with("${input.id}", "${|}"))).contains("input", "meta", "large", "now");
    assertThat(suggested(with("${input.id}", "${input.|}"))).contains("id", "items", "note");
    assertThat(suggestions(with("${input.id}", "${input.|}")))
        .filteredOn(it -> it.label().equals("note"))
        .extracting(Suggestion::insert)
        .containsExactly("?note");
    assertThat(suggested(with("item_of.qty > 10", "item_of.|"))).containsExactly("sku", "qty");
    assertThat(suggested(with("input.items.size()", "input.items.|"))).contains("size", "filter");
    assertThat(suggested(with("{ id: ", "{ |, id: "))).containsExactly();
    assertThat(suggested(with("{ id: \"${input.id}\",", "{ |,"))).contains("id");
  }

  @Test
  void textThatIsNoYamlYetIsUnderstoodByGuess() {
    assertThat(suggested(with("    to: store\n", "    to: store\n    po|\n"))).contains("policy");
    assertThat(suggested(with("\"${input.id}\"", "\"${input.|"))).contains("id", "items");
    String broken = with("    type: memory\n", "    type: memory\n    clear\n");
    assertThat(compile(broken).diagnostics()).isNotEmpty();
    assertThat(index(broken).find(Kind.OPERATION, "bus.stored")).isPresent();
  }

  @Test
  void anExpressionThatIsWrongNamesItsStepsAllTheSame() {
    String wrong = with("${large}", "${large +}");
    Index index = index(wrong);
    assertThat(index.places(index.find(Kind.STEP, "store/large").orElseThrow())).hasSize(2);
  }

  @Test
  void renamingRefusesWhatIsIllegalOrTaken() {
    Index index = index(ORDERS);
    var step = index.find(Kind.STEP, "store/large").orElseThrow();
    assertThat(index.rename(step, "huge")).isInstanceOf(Renaming.Possible.class);
    assertThat(index.rename(step, "input")).isInstanceOf(Renaming.Refused.class);
    assertThat(index.rename(step, "Huge")).isInstanceOf(Renaming.Refused.class);
    var order = index.find(Kind.TYPE, "Order").orElseThrow();
    assertThat(index.rename(order, "Item")).isInstanceOf(Renaming.Refused.class);
    var field = index.find(Kind.FIELD, "Item.qty").orElseThrow();
    assertThat(index.rename(field, "amount")).isInstanceOf(Renaming.Refused.class);
  }

  @Test
  void withoutAWorkspaceThereIsNoIndex() throws InterruptedException {
    assertThat(UdlCompiler.compile(file, Fakes.all(), new Options(Map.of(), true)).index())
        .isEmpty();
  }
}
