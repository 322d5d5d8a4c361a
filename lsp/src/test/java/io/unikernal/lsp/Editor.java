package io.unikernal.lsp;

import io.unikernal.server.AdapterCatalog;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.MessageActionItem;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.ShowMessageRequestParams;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextDocumentItem;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;

/** An editor at the other end of two pipes: the protocol's own messages, and a real server. */
final class Editor implements LanguageClient, AutoCloseable {
  private static final int SECONDS = 30;
  private static final int PIPE = 1 << 20;

  final Path folder;
  final LanguageServer server;
  final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private final Map<String, PublishDiagnosticsParams> published = new ConcurrentHashMap<>();
  private final Map<Path, String> texts = new ConcurrentHashMap<>();
  private final PipedOutputStream toServer = new PipedOutputStream();
  private final Map<Path, Integer> versions = new ConcurrentHashMap<>();

  Editor(Path folder) throws IOException {
    this.folder = folder.toRealPath();
    var serverIn = new PipedInputStream(toServer, PIPE);
    var serverOut = new PipedOutputStream();
    var fromServer = new PipedInputStream(serverOut, PIPE);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            exitCode.complete(
                LspServer.serve(serverIn, serverOut, AdapterCatalog.load(List.of()), Map.of()));
          } catch (InterruptedException | RuntimeException e) {
            exitCode.completeExceptionally(e);
          }
        });
    var launcher = LSPLauncher.createClientLauncher(this, fromServer, toServer);
    server = launcher.getRemoteProxy();
    launcher.startListening();
  }

  static <T> T get(CompletableFuture<T> answer) throws Exception {
    return answer.get(SECONDS, TimeUnit.SECONDS);
  }

  InitializeResult start() throws Exception {
    var params = new InitializeParams();
    params.setInitializationOptions(Map.of("debounceMs", 1));
    return get(server.initialize(params));
  }

  Path open(String name, String text) {
    Path file = folder.resolve(name);
    texts.put(file, text);
    server
        .getTextDocumentService()
        .didOpen(
            new DidOpenTextDocumentParams(
                new TextDocumentItem(uri(file), "udl", next(file), text)));
    return file;
  }

  private int next(Path file) {
    return versions.merge(file, 1, Integer::sum);
  }

  Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /** Types, so that the file's text is another. */
  void change(Path file, String text) {
    texts.put(file, text);
    server
        .getTextDocumentService()
        .didChange(
            new DidChangeTextDocumentParams(
                new VersionedTextDocumentIdentifier(uri(file), next(file)),
                List.of(new TextDocumentContentChangeEvent(text))));
  }

  void close(Path file) {
    server.getTextDocumentService().didClose(new DidCloseTextDocumentParams(id(file)));
  }

  static String uri(Path file) {
    return file.toUri().toString();
  }

  static TextDocumentIdentifier id(Path file) {
    return new TextDocumentIdentifier(uri(file));
  }

  private String text(Path file) {
    String text = texts.get(file);
    if (text == null) {
      throw new AssertionError(file + " is not open");
    }
    return text;
  }

  /** The position where a text of the file begins, and some chars after that. */
  Position at(Path file, String text, int after) {
    String all = text(file);
    int offset = all.indexOf(text);
    if (offset < 0) {
      throw new AssertionError("no " + text);
    }
    return new Lines(all).position(offset + after);
  }

  List<CompletionItem> complete(Path file, String text, int after) throws Exception {
    return get(server
            .getTextDocumentService()
            .completion(new CompletionParams(id(file), at(file, text, after))))
        .getRight()
        .getItems();
  }

  /** What was said last of a file, once that is about its present text. */
  List<org.eclipse.lsp4j.Diagnostic> diagnostics(Path file) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end) {
      PublishDiagnosticsParams last = published.get(uri(file));
      if (last != null
          && (last.getVersion() == null || last.getVersion().equals(versions.get(file)))) {
        return last.getDiagnostics();
      }
      Thread.sleep(5);
    }
    throw new AssertionError("nothing was said of " + file);
  }

  List<String> codes(Path file) throws InterruptedException {
    return diagnostics(file).stream().map(it -> it.getCode().getLeft()).toList();
  }

  /** The texts as they are after the edit. */
  String applied(WorkspaceEdit edit, Path file) {
    return applied(edit.getChanges().getOrDefault(uri(file), List.of()), file);
  }

  String applied(List<? extends TextEdit> edits, Path file) {
    String text = text(file);
    Lines lines = new Lines(text);
    for (TextEdit it :
        edits.stream()
            .sorted((a, b) ->
                lines.offset(b.getRange().getStart()) - lines.offset(a.getRange().getStart()))
            .toList()) {
      text =
          text.substring(0, lines.offset(it.getRange().getStart()))
              + it.getNewText()
              + text.substring(lines.offset(it.getRange().getEnd()));
    }
    return text;
  }

  @Override
  public void publishDiagnostics(PublishDiagnosticsParams params) {
    published.put(params.getUri(), params);
  }

  @Override
  public void telemetryEvent(Object object) {
    throw new AssertionError("no telemetry");
  }

  @Override
  public void showMessage(MessageParams params) {
    throw new AssertionError(params.getMessage());
  }

  @Override
  public CompletableFuture<MessageActionItem> showMessageRequest(ShowMessageRequestParams params) {
    throw new AssertionError(params.getMessage());
  }

  @Override
  public void logMessage(MessageParams params) {
    throw new AssertionError(params.getMessage());
  }

  /** As an editor that dies. */
  void die() throws IOException {
    toServer.close();
  }

  @Override
  public void close() throws Exception {
    die();
    get(exitCode);
  }
}
