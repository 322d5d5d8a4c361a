package io.unikernal.lsp;

import io.unikernal.lsp.Analyst.Analysis;
import io.unikernal.lsp.Changes.RefusedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CodeActionOptions;
import org.eclipse.lsp4j.CompletionOptions;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.RenameOptions;
import org.eclipse.lsp4j.SaveOptions;
import org.eclipse.lsp4j.SemanticTokensLegend;
import org.eclipse.lsp4j.SemanticTokensWithRegistrationOptions;
import org.eclipse.lsp4j.ServerCapabilities;
import org.eclipse.lsp4j.ServerInfo;
import org.eclipse.lsp4j.SetTraceParams;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.eclipse.lsp4j.TextDocumentSyncOptions;
import org.eclipse.lsp4j.jsonrpc.CancelChecker;
import org.eclipse.lsp4j.jsonrpc.CompletableFutures;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageClientAware;
import org.eclipse.lsp4j.services.LanguageServer;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.eclipse.lsp4j.services.WorkspaceService;

/**
 * The server's life. All work is done by one thread, in the order in which it was asked for; an
 * exception in it is an answer and a line in the log, never the end.
 */
final class UnikernalServer implements LanguageServer, LanguageClientAware {
  private static final Logger LOG = System.getLogger("unikernal.lsp");

  final Documents documents = new Documents();
  final Analyst analyst;
  final Answers answers;
  final Changes changes;
  private final Publisher publisher;
  private final IntConsumer exit;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          work -> Thread.ofPlatform().daemon().name("lsp").unstarted(work));
  private volatile Optional<LanguageClient> client = Optional.empty();
  private volatile Optional<Path> folder = Optional.empty();
  private volatile Settings settings = Settings.DEFAULT;
  private volatile State state = State.NEW;
  private volatile Future<?> checking = CompletableFuture.completedFuture(null);

  private enum State {
    NEW,
    RUNNING,
    SHUT_DOWN
  }

  /** Something that the worker does for an answer. */
  @FunctionalInterface
  interface Work<T> {
    T run(CancelChecker cancelled) throws InterruptedException;
  }

  /** {@code exit} is told the process's exit code, once it is to end. */
  UnikernalServer(Analyst.Setting setting, IntConsumer exit) {
    analyst = new Analyst(documents, setting.adapters(), setting.environment());
    answers = new Answers(documents, analyst);
    changes = new Changes(documents, analyst);
    publisher = new Publisher(documents, analyst);
    this.exit = exit;
  }

  @Override
  public void connect(LanguageClient connected) {
    client = Optional.of(connected);
  }

  @Override
  public CompletableFuture<InitializeResult> initialize(InitializeParams params) {
    if (params.getWorkspaceFolders() != null && !params.getWorkspaceFolders().isEmpty()) {
      folder = Documents.path(params.getWorkspaceFolders().getFirst().getUri());
    }
    configure(params.getInitializationOptions());
    watch(params.getProcessId());
    state = State.RUNNING;
    return CompletableFuture.completedFuture(
        new InitializeResult(capabilities(), new ServerInfo("unikernal")));
  }

  private static ServerCapabilities capabilities() {
    var sync = new TextDocumentSyncOptions();
    sync.setOpenClose(true);
    sync.setChange(TextDocumentSyncKind.Incremental);
    sync.setSave(new SaveOptions(false));
    var able = new ServerCapabilities();
    able.setTextDocumentSync(sync);
    able.setCompletionProvider(new CompletionOptions(false, List.of(".", "$", "{", "?", " ")));
    able.setHoverProvider(true);
    able.setDefinitionProvider(true);
    able.setReferencesProvider(true);
    able.setRenameProvider(new RenameOptions(true));
    able.setDocumentSymbolProvider(true);
    able.setWorkspaceSymbolProvider(true);
    able.setCodeActionProvider(
        new CodeActionOptions(List.of(CodeActionKind.QuickFix, Changes.FIX_ALL)));
    able.setDocumentFormattingProvider(true);
    able.setFoldingRangeProvider(true);
    able.setSemanticTokensProvider(
        new SemanticTokensWithRegistrationOptions(
            new SemanticTokensLegend(Answers.TOKEN_TYPES, List.of()), true));
    return able;
  }

  /** A client that dies takes its server along. */
  private void watch(Integer processId) {
    if (processId == null) {
      return;
    }
    ProcessHandle.of(processId)
        .ifPresentOrElse(
            process -> process.onExit().thenRun(() -> exit.accept(1)),
            () -> {
              LOG.log(Level.WARNING, "the editor, process " + processId + ", is not there");
              exit.accept(1);
            });
  }

  @Override
  public void initialized(InitializedParams params) {
    LOG.log(Level.DEBUG, "an editor is there");
  }

  void configure(Object json) {
    try {
      settings = Settings.of(json);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the settings cannot be read: " + e.getMessage());
    }
    String definition = settings.definition();
    Optional<Path> chosen =
        definition.isEmpty()
            ? Optional.empty()
            : Optional.of(
                folder.orElse(Path.of("")).resolve(definition).toAbsolutePath().normalize());
    run(() -> analyst.choose(chosen));
  }

  Settings settings() {
    return settings;
  }

  /** An answer that the worker makes. */
  <T> CompletableFuture<T> ask(Work<T> work) {
    if (state != State.RUNNING) {
      boolean isNew = state == State.NEW;
      return CompletableFuture.failedFuture(
          error(
              isNew ? ResponseErrorCode.ServerNotInitialized : ResponseErrorCode.InvalidRequest,
              isNew ? "initialize comes first" : "the server is shut down"));
    }
    return CompletableFutures.computeAsync(
        worker,
        cancelled -> {
          cancelled.checkCanceled();
          try {
            return work.run(cancelled);
          } catch (RefusedException refused) {
            throw error(ResponseErrorCode.RequestFailed, String.valueOf(refused.getMessage()));
          } catch (InterruptedException _) {
            throw error(ResponseErrorCode.RequestCancelled, "cancelled");
          } catch (java.util.concurrent.CancellationException | ResponseErrorException e) {
            throw e;
          } catch (RuntimeException | StackOverflowError e) {
            LOG.log(Level.ERROR, "a request failed", e);
            throw error(ResponseErrorCode.InternalError, "Unikernal itself failed: " + e);
          }
        });
  }

  /** An answer about one file; {@code otherwise} for what is no file. */
  <T> CompletableFuture<T> about(String uri, T otherwise, Of<T> work) {
    Optional<Path> file = Documents.path(uri);
    if (file.isEmpty()) {
      return CompletableFuture.completedFuture(otherwise);
    }
    return ask(cancelled -> {
      Analysis analysis = analyst.of(file.get());
      cancelled.checkCanceled();
      return work.of(analysis, file.get());
    });
  }

  /** Makes an answer of an analysis. */
  @FunctionalInterface
  interface Of<T> {
    T of(Analysis analysis, Path file) throws InterruptedException;
  }

  private static ResponseErrorException error(ResponseErrorCode code, String message) {
    return new ResponseErrorException(new ResponseError(code, message, null));
  }

  /** Something that nobody waits for. */
  void run(Runnable work) {
    try {
      worker.execute(() -> {
        try {
          work.run();
        } catch (RuntimeException | StackOverflowError e) {
          LOG.log(Level.ERROR, "a notification failed", e);
        }
      });
    } catch (RejectedExecutionException _) {
      LOG.log(Level.DEBUG, "too late");
    }
  }

  /** Checks once nothing has changed for a while; what was to be checked before is not. */
  void checkSoon() {
    checking.cancel(false);
    long asked = documents.revision();
    checking = worker.schedule(() -> checkNow(asked), settings.debounceMs(), TimeUnit.MILLISECONDS);
  }

  private void checkNow(long asked) {
    if (documents.revision() != asked) {
      return; // The next one is on its way.
    }
    try {
      Map<Path, Analysis> definitions = new LinkedHashMap<>();
      Map<Path, List<Path>> open = new LinkedHashMap<>();
      for (Path file : documents.paths()) {
        if (Definitions.isDefinition(file) || Definitions.isTest(file)) {
          Analysis analysis = analyst.of(file);
          definitions.put(analysis.definition(), analysis);
          open.computeIfAbsent(analysis.definition(), _ -> new ArrayList<>()).add(file);
        }
      }
      definitions.forEach((root, analysis) ->
          client.ifPresent(
              it -> publisher.publish(analysis, open.getOrDefault(root, List.of()), it)));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | StackOverflowError e) {
      LOG.log(Level.ERROR, "a check failed", e);
    }
  }

  /** Asks workers for their functions where the user allows it, and checks with what they say. */
  void saved(String uri) {
    run(() -> {
      analyst.forget();
      Optional<Path> file = Documents.path(uri);
      if (settings.describeOnSave() && file.isPresent()) {
        try {
          analyst.describe(file.get());
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
      }
      checkSoon();
    });
  }

  /** Nobody looks at the file any more. */
  void closed(String uri) {
    Optional<Path> file = Documents.path(uri);
    run(() -> {
      try {
        if (file.isPresent() && client.isPresent()) {
          Path definition = analyst.of(file.get()).definition();
          documents.close(uri);
          boolean isWatched = false;
          for (Path other : documents.paths()) {
            isWatched |= analyst.of(other).definition().equals(definition);
          }
          if (!isWatched) {
            publisher.clear(definition, client.get());
          }
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      checkSoon();
    });
  }

  @Override
  public CompletableFuture<Object> shutdown() {
    state = State.SHUT_DOWN;
    checking.cancel(true);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void exit() {
    exit.accept(state == State.SHUT_DOWN ? 0 : 1);
    worker.shutdownNow();
  }

  @Override
  public void setTrace(SetTraceParams params) {
    LOG.log(Level.DEBUG, "trace " + params.getValue());
  }

  @Override
  public TextDocumentService getTextDocumentService() {
    return new TextRequests(this);
  }

  @Override
  public WorkspaceService getWorkspaceService() {
    return new WorkspaceRequests(this);
  }
}
