package io.unikernal.bench;

import io.unikernal.lsp.LspServer;
import io.unikernal.server.AdapterCatalog;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.MessageActionItem;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ShowMessageRequestParams;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextDocumentItem;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;

/**
 * An editor with a server of its own, in this process: what it types goes through the real
 * protocol, as bytes.
 */
final class Editor {
  private static final int SECONDS_MAX = 120;
  private static final int PIPE_BYTES = 1 << 22;

  private final Path folder;
  private final LanguageServer server;
  private final LinkedBlockingQueue<PublishDiagnosticsParams> published;
  private int version = 1;

  /** What the server said after a change: what is wrong in the file, and what may follow. */
  record Said(int findings, int offers) {}

  private Editor(
      Path folder, LanguageServer server, LinkedBlockingQueue<PublishDiagnosticsParams> published) {
    this.folder = folder;
    this.server = server;
    this.published = published;
  }

  /** Opens files of a folder. */
  static Editor open(Path folder, List<String> files) throws Exception {
    var published = new LinkedBlockingQueue<PublishDiagnosticsParams>();
    var toServer = new PipedOutputStream();
    var serverIn = new PipedInputStream(toServer, PIPE_BYTES);
    var serverOut = new PipedOutputStream();
    var fromServer = new PipedInputStream(serverOut, PIPE_BYTES);
    Thread.ofPlatform()
        .daemon()
        .name("server")
        .start(() -> {
          try {
            LspServer.serve(serverIn, serverOut, AdapterCatalog.load(), Map.of());
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
    var launcher = LSPLauncher.createClientLauncher(new Screen(published), fromServer, toServer);
    launcher.startListening();
    var editor = new Editor(folder, launcher.getRemoteProxy(), published);
    var params = new InitializeParams();
    params.setInitializationOptions(Map.of("debounceMs", 0));
    editor.server.initialize(params).get(SECONDS_MAX, TimeUnit.SECONDS);
    for (String name : files) {
      String text = Files.readString(folder.resolve(name));
      editor
          .server
          .getTextDocumentService()
          .didOpen(
              new DidOpenTextDocumentParams(
                  new TextDocumentItem(editor.uri(name), "udl", editor.version, text)));
      editor.awaitFindings(name);
    }
    return editor;
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  /** Puts {@code typed} in the stead of some text, and waits for both answers. */
  Said change(String name, Position start, Position end, String typed, Position cursor)
      throws Exception {
    version++;
    published.clear();
    var texts = server.getTextDocumentService();
    texts.didChange(
        new DidChangeTextDocumentParams(
            new VersionedTextDocumentIdentifier(uri(name), version),
            List.of(new TextDocumentContentChangeEvent(new Range(start, end), typed))));
    var offered =
        texts
            .completion(new CompletionParams(new TextDocumentIdentifier(uri(name)), cursor))
            .get(SECONDS_MAX, TimeUnit.SECONDS);
    List<CompletionItem> items =
        offered.isLeft() ? offered.getLeft() : offered.getRight().getItems();
    return new Said(awaitFindings(name), items.size());
  }

  private int awaitFindings(String name) throws InterruptedException, IOException {
    while (true) {
      PublishDiagnosticsParams last = published.poll(SECONDS_MAX, TimeUnit.SECONDS);
      if (last == null) {
        throw new IOException("no diagnostics came of " + name + " in " + SECONDS_MAX + " s");
      }
      boolean isIt =
          last.getUri().equals(uri(name)) && Integer.valueOf(version).equals(last.getVersion());
      if (isIt) {
        return last.getDiagnostics().size();
      }
    }
  }

  /** Takes what the server says. */
  private record Screen(LinkedBlockingQueue<PublishDiagnosticsParams> published)
      implements LanguageClient {
    @Override
    public void publishDiagnostics(PublishDiagnosticsParams params) {
      published.add(params);
    }

    @Override
    public void telemetryEvent(Object object) {}

    @Override
    public void showMessage(MessageParams params) {}

    @Override
    public CompletableFuture<MessageActionItem> showMessageRequest(
        ShowMessageRequestParams params) {
      return CompletableFuture.completedFuture(new MessageActionItem(""));
    }

    @Override
    public void logMessage(MessageParams params) {}
  }
}
