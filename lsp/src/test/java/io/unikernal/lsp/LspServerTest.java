package io.unikernal.lsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.eclipse.lsp4j.CodeActionContext;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.FoldingRangeRequestParams;
import org.eclipse.lsp4j.FormattingOptions;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.PrepareRenameParams;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ReferenceContext;
import org.eclipse.lsp4j.ReferenceParams;
import org.eclipse.lsp4j.RenameParams;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.WorkspaceSymbolParams;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as editors see it: real messages over pipes, definitions of one and of many files. */
class LspServerTest {
  private static final String ORDERS =
      """
      types:
        Order: { id: uuid, customer: string, note: string? }
      systems:
        bus:
          type: memory
          operations:
            orders: { receives: Order }
            stored: { accepts: { id: uuid, text: string }, effect: idempotent }
      routes:
        - from: bus.orders
          to: store
      pipelines:
        store:
          input: Order
          steps:
            - name: text
              set: "😀 ${input.customer}"
            - { system: bus.stored, with: { id: "${input.id}", text: "${text}" } }
          output: null
      """;

  @TempDir Path folder;
  private Editor editor;

  @BeforeEach
  void start() throws Exception {
    editor = new Editor(folder);
    editor.start();
  }

  @AfterEach
  void end() throws Exception {
    editor.close();
  }

  private Path open(String text) throws Exception {
    editor.write("orders.udl.yaml", ORDERS);
    return editor.open("orders.udl.yaml", text);
  }

  private static String with(String part, String other) {
    assertThat(ORDERS).contains(part);
    return ORDERS.replace(part, other);
  }

  @Test
  void diagnosticsComeWhileTypingAndGoWhenTheyAreMended() throws Exception {
    Path file = open(ORDERS);
    assertThat(editor.codes(file)).isEmpty();
    editor.change(file, with("to: store", "to: stone"));
    assertThat(editor.codes(file)).contains("UDL-4003");
    editor.change(file, with("to: store", "to: [store"));
    assertThat(editor.codes(file)).containsExactly("UDL-1002");
    editor.change(file, ORDERS);
    assertThat(editor.codes(file)).isEmpty();
  }

  @Test
  void aPlaceAfterAnEmojiIsCountedInUtf16() throws Exception {
    Path file = open(with("${input.customer}\"", "${input.costumer}\""));
    Range range = editor.diagnostics(file).getFirst().getRange();
    assertThat(range.getStart()).isEqualTo(editor.at(file, "costumer", 0));
    assertThat(range.getEnd()).isEqualTo(editor.at(file, "costumer", 8));
  }

  @Test
  void whatIsWrongIsSaidOfTheFileItIsIn() throws Exception {
    editor.write("main.udl", "import: parts/types.udl\n" + ORDERS.replaceFirst("types:\n.*\n", ""));
    editor.write(
        "parts/types.udl", "types:\n  Order: { id: uuid, customer: string, note: string? }\n");
    Path types = editor.open("parts/types.udl", "types:\n  Order: { id: uuid, customer: wrong }\n");
    assertThat(editor.codes(types)).hasSize(1);
    Path main = editor.open("main.udl", Files.readString(folder.resolve("main.udl")));
    assertThat(editor.codes(main)).isEmpty();
    editor.change(types, "types:\n  Order: { id: uuid, note: string? }\n");
    assertThat(editor.codes(types)).isEmpty();
    assertThat(eventually(main)).containsExactly("UDL-2103");
    Location found =
        Editor.get(
                editor
                    .server
                    .getTextDocumentService()
                    .definition(
                        new DefinitionParams(
                            Editor.id(main), editor.at(main, "receives: Order", 12))))
            .getLeft()
            .getFirst();
    assertThat(found.getUri()).endsWith("parts/types.udl");
  }

  private List<String> eventually(Path file) throws Exception {
    for (int i = 0; i < 1_000 && editor.codes(file).isEmpty(); i++) {
      Thread.sleep(10);
    }
    return editor.codes(file);
  }

  @Test
  void completionKnowsKeysNamesAndFieldsInTextThatIsNoYamlYet() throws Exception {
    Path file = open(with("  to: store\n", "  to: store\n    po\n"));
    assertThat(labels(editor.complete(file, "    po\n", 6))).contains("policy");
    editor.change(file, with("to: store", "to: "));
    assertThat(labels(editor.complete(file, "to: ", 4))).contains("store", "bus.stored");
    editor.change(file, with("${input.id}", "${input."));
    List<CompletionItem> fields = editor.complete(file, "${input.\"", 8);
    assertThat(labels(fields)).contains("id", "customer");
    CompletionItem note =
        fields.stream().filter(it -> it.getLabel().equals("note")).findFirst().orElseThrow();
    assertThat(note.getTextEdit().getLeft().getNewText()).isEqualTo("?note");
  }

  private static List<String> labels(List<CompletionItem> items) {
    return items.stream().map(CompletionItem::getLabel).toList();
  }

  @Test
  void hoverTellsTypes() throws Exception {
    Path file = open(ORDERS);
    var hover =
        Editor.get(
            editor
                .server
                .getTextDocumentService()
                .hover(new HoverParams(Editor.id(file), editor.at(file, "input.customer", 8))));
    assertThat(hover.getContents().getRight().getValue()).contains("Order.customer: string");
    var nothing =
        Editor.get(
            editor
                .server
                .getTextDocumentService()
                .hover(new HoverParams(Editor.id(file), new Position(99, 0))));
    assertThat(nothing).isNull();
  }

  @Test
  void referencesAndRenameReachIntoExpressions() throws Exception {
    Path file = open(ORDERS);
    Position name = editor.at(file, "name: text", 7);
    var places =
        Editor.get(
            editor
                .server
                .getTextDocumentService()
                .references(
                    new ReferenceParams(Editor.id(file), name, new ReferenceContext(false))));
    assertThat(places).hasSize(1);
    WorkspaceEdit edit = rename(file, name, "words");
    assertThat(editor.applied(edit, file))
        .isEqualTo(ORDERS.replace("name: text", "name: words").replace("${text}", "${words}"));
    assertThat(editor.applied(rename(file, editor.at(file, "bus:", 1), "queue"), file))
        .isEqualTo(ORDERS.replace("bus:", "queue:").replace("bus.", "queue."));
  }

  private WorkspaceEdit rename(Path file, Position position, String name) throws Exception {
    return Editor.get(
        editor
            .server
            .getTextDocumentService()
            .rename(new RenameParams(Editor.id(file), position, name)));
  }

  @Test
  void aRenameThatCannotBeIsRefusedWithTheReason() throws Exception {
    Path file = open(ORDERS);
    Position name = editor.at(file, "name: text", 7);
    assertThatThrownBy(() -> rename(file, name, "Text")).hasMessageContaining("cannot be the name");
    assertThatThrownBy(() -> rename(file, name, "input")).hasMessageContaining("input");
    Position operation = editor.at(file, "orders: {", 2);
    assertThatThrownBy(() -> rename(file, operation, "stored")).hasMessageContaining("already");
    assertThatThrownBy(() -> prepare(file, editor.at(file, "customer:", 2)))
        .hasMessageContaining("`bus.orders` takes or gives `Order`");
    assertThat(prepare(file, operation).getFirst())
        .isEqualTo(new Range(editor.at(file, "orders: {", 0), editor.at(file, "orders: {", 6)));
  }

  private static final String INTERNAL =
      """
      types:
        Order: { id: uuid, text: string? }
        Line: { sku: string, amount: int? } # the amount of one line
        More: { extends: Line, note: string }
      functions:
        double_of:
          doc: Twice of it.
          params: { line: Line }
          value: "${line.?amount.orValue(0) * 2}"
      systems:
        bus: { type: memory, operations: { orders: { receives: Order }, sums: { accepts: { sum: int } } } }
      routes:
        - { from: bus.orders, to: count }
      pipelines:
        count:
          input: Order
          steps:
            - { name: line, as: Line, set: { sku: a, amount: 3 } }
            - { name: rest, as: More, set: { sku: b, amount: "${line.?amount}", note: x } }
            - { system: bus.sums, with: { sum: "${rest.?amount.orValue(1) + double_of(line)}" } }
          output: null
      """;

  @Test
  void aFieldIsRenamedInTypesExpressionsAndMappings() throws Exception {
    Path file = open(INTERNAL);
    assertThat(editor.codes(file)).isEmpty();
    WorkspaceEdit edit = rename(file, editor.at(file, "amount: int?", 1), "count_of");
    assertThat(editor.applied(edit, file))
        .isEqualTo(
            INTERNAL
                .replace("amount", "count_of")
                .replace("the count_of of one line", "the amount of one line"));
    assertThat(editor.applied(rename(file, editor.at(file, "sku: b", 1), "code"), file))
        .isEqualTo(INTERNAL.replace("sku", "code"));
  }

  @Test
  void aFieldThatMayBeUsedElsewhereIsNotRenamed() throws Exception {
    Path file = open(INTERNAL);
    assertThatThrownBy(() -> rename(file, editor.at(file, "amount: 3", 1), "note"))
        .hasMessageContaining("`More.note` already");
    assertThatThrownBy(() -> rename(file, editor.at(file, "amount: 3", 1), "in"))
        .hasMessageContaining("cannot be the name of a field");
    editor.change(file, INTERNAL.replace("{ sum: int }", "any"));
    assertThatThrownBy(() -> rename(file, editor.at(file, "amount: 3", 1), "count_of"))
        .hasMessageContaining("`bus.sums` takes or gives anything");
    editor.change(file, INTERNAL.replace("text: string?", "amount: int?"));
    assertThatThrownBy(() -> rename(file, editor.at(file, "amount: 3", 1), "count_of"))
        .hasMessageContaining("also stands in line 2");
  }

  @Test
  void functionsOfTheDefinitionAreOfferedAndShown() throws Exception {
    Path file = open(INTERNAL);
    assertThat(
            Editor.get(
                    editor
                        .server
                        .getTextDocumentService()
                        .hover(new HoverParams(Editor.id(file), editor.at(file, "double_of(", 3))))
                .getContents()
                .getRight()
                .getValue())
        .contains("double_of(line: Line) -> int")
        .contains("Twice of it.");
    editor.change(file, INTERNAL.replace("double_of(line)", "dou"));
    assertThat(editor.complete(file, "+ dou", 5))
        .filteredOn(item -> item.getLabel().equals("double_of"))
        .singleElement()
        .satisfies(item -> assertThat(item.getDetail()).isEqualTo("double_of(line: Line) -> int"));
  }

  @Test
  void testsAreCheckedWhileTypingAgainstTheDefinitionAsItIsTyped() throws Exception {
    Path file = open(ORDERS);
    String tests =
        """
        tests:
          - name: what comes is kept
            mock: { bus.stored: { takes: { each: 1ms } } }
            send: { to: bus.orders, input: { id: "${uuid()}", customer: ann } }
            expect: { calls: { bus.stored: 1 } }
        """;
    Path test = editor.open("orders.test.udl.yaml", tests);
    assertThat(editor.codes(test)).isEmpty();
    editor.change(test, tests.replace("calls: { bus.stored", "calls: { bus.restored"));
    assertThat(editor.codes(test)).contains("UDL-8001");
    editor.change(test, tests);
    assertThat(editor.codes(test)).isEmpty();
    editor.change(
        file, with("stored: { accepts", "kept: { accepts").replace("bus.stored,", "bus.kept,"));
    assertThat(editor.codes(file)).isEmpty();
    editor.change(test, tests + "\n");
    assertThat(editor.codes(test)).contains("UDL-8001");
    editor.change(test, "tests: [");
    assertThat(editor.codes(test)).containsExactly("UDL-1002");
  }

  private org.eclipse.lsp4j.jsonrpc.messages.Either3<
          Range,
          org.eclipse.lsp4j.PrepareRenameResult,
          org.eclipse.lsp4j.PrepareRenameDefaultBehavior>
      prepare(Path file, Position position) throws Exception {
    return Editor.get(
        editor
            .server
            .getTextDocumentService()
            .prepareRename(new PrepareRenameParams(Editor.id(file), position)));
  }

  @Test
  void aFixWritesWhatTheMessageOffers() throws Exception {
    Path file = open(with("to: store", "too: store"));
    var diagnostics = editor.diagnostics(file);
    Range range = diagnostics.getFirst().getRange();
    var actions =
        Editor.get(
            editor
                .server
                .getTextDocumentService()
                .codeAction(
                    new CodeActionParams(
                        Editor.id(file), range, new CodeActionContext(diagnostics))));
    assertThat(actions).isNotEmpty();
    assertThat(editor.applied(actions.getFirst().getRight().getEdit(), file)).isEqualTo(ORDERS);
  }

  @Test
  void allThatIsSureIsFixedAtOnce() throws Exception {
    Path file =
        open(ORDERS.replace("set: \"😀 ${input.customer}\"", "set: { a: 1, b: ${input.id} }"));
    var context = new CodeActionContext(List.of());
    context.setOnly(List.of("source.fixAll"));
    var actions =
        Editor.get(
            editor
                .server
                .getTextDocumentService()
                .codeAction(
                    new CodeActionParams(
                        Editor.id(file),
                        new Range(new Position(0, 0), new Position(0, 0)),
                        context)));
    assertThat(actions).hasSize(1);
    assertThat(editor.applied(actions.getFirst().getRight().getEdit(), file))
        .contains("b: \"${input.id}\"");
  }

  @Test
  void theOutlineHoldsWhatIsDeclared() throws Exception {
    Path file = open(ORDERS);
    var outline =
        Editor.get(
            editor
                .server
                .getTextDocumentService()
                .documentSymbol(new DocumentSymbolParams(Editor.id(file))));
    var names = outline.stream().map(it -> it.getRight().getName()).toList();
    assertThat(names).containsExactly("Order", "bus", "bus.orders → store", "store");
    assertThat(outline.get(1).getRight().getChildren())
        .extracting(it -> it.getName())
        .containsExactly("orders", "stored");
    var symbols =
        Editor.get(editor.server.getWorkspaceService().symbol(new WorkspaceSymbolParams("stor")));
    assertThat(symbols.getRight())
        .extracting(it -> it.getName())
        .contains("stored", "store", "text");
  }

  @Test
  void formattingFoldingAndColoursAnswer() throws Exception {
    Path file = open(with("    type: memory", "    type:   memory"));
    var texts = editor.server.getTextDocumentService();
    var edits =
        Editor.get(
            texts.formatting(
                new DocumentFormattingParams(Editor.id(file), new FormattingOptions(2, true))));
    assertThat(editor.applied(edits, file))
        .contains("    type: memory\n")
        .doesNotContain("type:   ");
    var folds = Editor.get(texts.foldingRange(new FoldingRangeRequestParams(Editor.id(file))));
    assertThat(folds)
        .extracting(it -> it.getStartLine() + "-" + it.getEndLine())
        .contains("0-1", "3-7", "12-18");
    List<Integer> tokens =
        Editor.get(texts.semanticTokensFull(new SemanticTokensParams(Editor.id(file)))).getData();
    assertThat(tokens).hasSizeGreaterThan(100);
    assertThat(tokens.subList(0, 10)).containsExactly(0, 0, 5, 0, 0, 1, 2, 5, 1, 0);
  }

  @Test
  void anythingMayBeAskedOfAnyText() throws Exception {
    Path file = open("");
    for (String text :
        List.of(
            "\t", "a: [", "types: 1\n", "- - -\n", "systems: { x: { type: ", "${", "\uD83D: x\n")) {
      editor.change(file, text);
      var at = new Position(0, text.length());
      Editor.get(
          editor
              .server
              .getTextDocumentService()
              .completion(new org.eclipse.lsp4j.CompletionParams(Editor.id(file), at)));
      Editor.get(
          editor.server.getTextDocumentService().hover(new HoverParams(Editor.id(file), at)));
      assertThat(editor.diagnostics(file)).isNotNull();
    }
  }

  @Test
  void beforeItIsInitialisedAndAfterItIsShutDownNothingIsAnswered() throws Exception {
    Path file = folder.resolve("x.udl");
    try (var fresh = new Editor(folder)) {
      assertThatThrownBy(() ->
              Editor.get(
                  fresh
                      .server
                      .getTextDocumentService()
                      .hover(new HoverParams(Editor.id(file), new Position(0, 0)))))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOfSatisfying(
              ResponseErrorException.class,
              it ->
                  assertThat(it.getResponseError().getCode())
                      .isEqualTo(ResponseErrorCode.ServerNotInitialized.getValue()));
    }
    Editor.get(editor.server.shutdown());
    assertThatThrownBy(() ->
            Editor.get(
                editor
                    .server
                    .getTextDocumentService()
                    .hover(new HoverParams(Editor.id(file), new Position(0, 0)))))
        .hasMessageContaining("shut down");
  }

  @Test
  void anOrderlyEndIsCodeZeroAndAnyOtherOne() throws Exception {
    Editor.get(editor.server.shutdown());
    editor.server.exit();
    assertThat(Editor.get(editor.exitCode)).isZero();
    var rude = new Editor(folder);
    rude.start();
    rude.server.exit();
    assertThat(Editor.get(rude.exitCode)).isOne();
    var dying = new Editor(folder);
    dying.start();
    dying.die();
    assertThat(Editor.get(dying.exitCode)).isOne();
  }

  @Test
  void anEditorThatIsGoneTakesTheServerAlong() throws Exception {
    Process process = new ProcessBuilder("sleep", "600").start();
    var orphan = new Editor(folder);
    var params = new org.eclipse.lsp4j.InitializeParams();
    params.setProcessId((int) process.pid());
    Editor.get(orphan.server.initialize(params));
    assertThat(orphan.exitCode).isNotDone();
    process.destroyForcibly();
    assertThat(Editor.get(orphan.exitCode)).isOne();
  }

  @Test
  void aFileThatIsClosedIsReadFromTheDiskAgain() throws Exception {
    Path file = open(with("to: store", "to: stone"));
    assertThat(editor.codes(file)).contains("UDL-4003");
    editor.close(file);
    for (int i = 0; i < 1_000 && !editor.diagnostics(file).isEmpty(); i++) {
      Thread.sleep(10);
    }
    assertThat(editor.diagnostics(file)).isEmpty();
  }
}
