package io.unikernal.lsp;

import io.unikernal.lsp.Analyst.Analysis;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.SymbolInformation;
import org.eclipse.lsp4j.WorkspaceSymbol;
import org.eclipse.lsp4j.WorkspaceSymbolParams;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.services.WorkspaceService;

/** What an editor says and asks about everything. */
final class WorkspaceRequests implements WorkspaceService {
  private final UnikernalServer server;

  WorkspaceRequests(UnikernalServer server) {
    this.server = server;
  }

  @Override
  public void didChangeConfiguration(DidChangeConfigurationParams params) {
    server.configure(params.getSettings());
    server.run(server::checkSoon);
  }

  @Override
  public void didChangeWatchedFiles(DidChangeWatchedFilesParams params) {
    server.run(server.analyst::forget);
    server.run(server::checkSoon);
  }

  @Override
  public CompletableFuture<
          Either<List<? extends SymbolInformation>, List<? extends WorkspaceSymbol>>>
      symbol(WorkspaceSymbolParams params) {
    return server.ask(_ -> {
      Map<Path, Analysis> definitions = new LinkedHashMap<>();
      for (Path file : server.documents.paths()) {
        Analysis analysis = server.analyst.of(file);
        definitions.putIfAbsent(analysis.definition(), analysis);
      }
      return Either.forRight(
          definitions.values().stream()
              .flatMap(it -> server.answers.symbols(it, params.getQuery()).stream())
              .toList());
    });
  }
}
