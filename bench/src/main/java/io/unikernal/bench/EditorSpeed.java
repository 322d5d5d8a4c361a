package io.unikernal.bench;

import com.sun.management.OperatingSystemMXBean;
import io.unikernal.lsp.LspServer;
import io.unikernal.server.AdapterCatalog;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
 * What a keystroke costs: an editor types into a {@link BigDefinition} through the real protocol;
 * after each character it waits for the diagnostics and asks what may follow. The kinds of edits
 * take turns, so that a noisy moment hits all of them. CPU time is the whole process's: server,
 * protocol on both sides, garbage collection and just-in-time compiler.
 */
public final class EditorSpeed {
  private static final int WARMING = Integer.getInteger("bench.warming", 60);
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 40);
  private static final int SECONDS_MAX = 120;

  /** Where somebody types: after which text of the file. */
  private enum Edit {
    EXPRESSION("set: ${input.lines.filter(line, line.qty > ", "1"),
    TEXT("text: \"order ", "x"),
    TYPE("score: int(0..100", "1"),
    NO_YAML("steps:\n", "      - { name: "),
    SHARED_TYPE("street: string(1..80", "1");

    private final String after;
    private final String typed;

    Edit(String after, String typed) {
      this.after = after;
      this.typed = typed;
    }

    String file() {
      return this == SHARED_TYPE ? "shared.udl.yaml" : "part_007.udl.yaml";
    }
  }

  private final Path folder;
  private final LanguageServer server;
  private final LinkedBlockingQueue<PublishDiagnosticsParams> published;
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private int version = 1;

  private EditorSpeed(
      Path folder, LanguageServer server, LinkedBlockingQueue<PublishDiagnosticsParams> published) {
    this.folder = folder;
    this.server = server;
    this.published = published;
  }

  /** Prints a line for each kind of edit: median, quartiles and extremes of CPU milliseconds. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("unikernal-editor").toRealPath();
    BigDefinition.LARGE.write(folder);
    var published = new LinkedBlockingQueue<PublishDiagnosticsParams>();
    var toServer = new PipedOutputStream();
    var serverIn = new PipedInputStream(toServer, 1 << 22);
    var serverOut = new PipedOutputStream();
    var fromServer = new PipedInputStream(serverOut, 1 << 22);
    var code = new CompletableFuture<Integer>();
    Thread.ofPlatform()
        .start(() -> {
          try {
            code.complete(LspServer.serve(serverIn, serverOut, AdapterCatalog.load(), Map.of()));
          } catch (InterruptedException e) {
            code.completeExceptionally(e);
          }
        });
    var launcher = LSPLauncher.createClientLauncher(new Screen(published), fromServer, toServer);
    launcher.startListening();
    LanguageServer server = launcher.getRemoteProxy();
    var params = new InitializeParams();
    params.setInitializationOptions(Map.of("debounceMs", 0));
    server.initialize(params).get();
    new EditorSpeed(folder, server, published).measure();
    server.shutdown().get();
    server.exit();
    System.exit(code.get());
  }

  private void measure() throws Exception {
    for (String name : List.of("shared.udl.yaml", "part_007.udl.yaml")) {
      server
          .getTextDocumentService()
          .didOpen(
              new DidOpenTextDocumentParams(
                  new TextDocumentItem(
                      uri(name), "udl", 1, Files.readString(folder.resolve(name)))));
    }
    Map<Edit, List<Double>> times = new LinkedHashMap<>();
    for (int round = 0; round < WARMING + ROUNDS; round++) {
      for (Edit edit : Edit.values()) {
        double typed = type(edit, true);
        double deleted = type(edit, false);
        if (round >= WARMING) {
          List<Double> all = times.computeIfAbsent(edit, _ -> new ArrayList<>());
          all.add(typed);
          all.add(deleted);
        }
      }
    }
    System.out.println("CPU ms per keystroke, " + 2 * ROUNDS + " of each kind, taking turns");
    var every = new ArrayList<Double>();
    times.forEach((edit, all) -> {
      System.out.println(line(edit.name().toLowerCase(Locale.ROOT), all));
      every.addAll(all);
    });
    System.out.println(line("all", every));
  }

  private static String line(String name, List<Double> times) {
    var sorted = times.stream().sorted(Comparator.naturalOrder()).toList();
    int count = sorted.size();
    return "%-12s median %6.1f   quartiles %6.1f to %6.1f   least %6.1f   most %6.1f"
        .formatted(
            name,
            sorted.get(count / 2),
            sorted.get(count / 4),
            sorted.get(count * 3 / 4),
            sorted.getFirst(),
            sorted.getLast());
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  /** Types, or takes it back; waits for both answers. */
  private double type(Edit edit, boolean isTyped) throws Exception {
    String text = Files.readString(folder.resolve(edit.file()));
    int offset = text.indexOf(edit.after) + edit.after.length();
    Position start = position(text, offset);
    var end = new Position(start.getLine(), start.getCharacter() + edit.typed.length());
    var change =
        isTyped
            ? new TextDocumentContentChangeEvent(new Range(start, start), edit.typed)
            : new TextDocumentContentChangeEvent(new Range(start, end), "");
    version++;
    published.clear();
    long before = system.getProcessCpuTime();
    var texts = server.getTextDocumentService();
    texts.didChange(
        new DidChangeTextDocumentParams(
            new VersionedTextDocumentIdentifier(uri(edit.file()), version), List.of(change)));
    texts
        .completion(
            new CompletionParams(
                new TextDocumentIdentifier(uri(edit.file())), isTyped ? end : start))
        .get(SECONDS_MAX, TimeUnit.SECONDS);
    awaitDiagnostics(uri(edit.file()));
    return (system.getProcessCpuTime() - before) / 1e6;
  }

  private void awaitDiagnostics(String uri) throws InterruptedException, IOException {
    while (true) {
      PublishDiagnosticsParams last = published.poll(SECONDS_MAX, TimeUnit.SECONDS);
      if (last == null) {
        throw new IOException("no diagnostics came");
      }
      boolean isIt =
          last.getUri().equals(uri) && Integer.valueOf(version).equals(last.getVersion());
      if (isIt) {
        return;
      }
    }
  }

  private static Position position(String text, int offset) {
    String before = text.substring(0, offset);
    int line = (int) before.chars().filter(c -> c == '\n').count();
    return new Position(line, offset - before.lastIndexOf('\n') - 1);
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
