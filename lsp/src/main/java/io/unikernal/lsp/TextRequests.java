package io.unikernal.lsp;

import io.unikernal.udl.Index.Mention;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.Command;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionList;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.FoldingRange;
import org.eclipse.lsp4j.FoldingRangeRequestParams;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.LocationLink;
import org.eclipse.lsp4j.PrepareRenameDefaultBehavior;
import org.eclipse.lsp4j.PrepareRenameParams;
import org.eclipse.lsp4j.PrepareRenameResult;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ReferenceParams;
import org.eclipse.lsp4j.RenameParams;
import org.eclipse.lsp4j.SemanticTokens;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.eclipse.lsp4j.SymbolInformation;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.jsonrpc.messages.Either3;
import org.eclipse.lsp4j.services.TextDocumentService;

/** What an editor says and asks about one file. */
final class TextRequests implements TextDocumentService {
  private final UnikernalServer server;

  TextRequests(UnikernalServer server) {
    this.server = server;
  }

  @Override
  public void didOpen(DidOpenTextDocumentParams params) {
    var document = params.getTextDocument();
    server.documents.open(document.getUri(), document.getVersion(), document.getText());
    server.run(server.analyst::forget);
    server.run(server::checkSoon);
  }

  @Override
  public void didChange(DidChangeTextDocumentParams params) {
    var document = params.getTextDocument();
    server.documents.change(document.getUri(), document.getVersion(), params.getContentChanges());
    server.checkSoon();
  }

  @Override
  public void didClose(DidCloseTextDocumentParams params) {
    server.closed(params.getTextDocument().getUri());
  }

  @Override
  public void didSave(DidSaveTextDocumentParams params) {
    server.saved(params.getTextDocument().getUri());
  }

  @Override
  public CompletableFuture<Either<List<CompletionItem>, CompletionList>> completion(
      CompletionParams params) {
    return server.about(
        params.getTextDocument().getUri(),
        Either.forRight(new CompletionList()),
        (analysis, file) ->
            Either.forRight(server.answers.completion(analysis, file, params.getPosition())));
  }

  @Override
  public CompletableFuture<Hover> hover(HoverParams params) {
    return nullable(
        server.about(
            params.getTextDocument().getUri(),
            Optional.empty(),
            (analysis, file) -> server.answers.hover(analysis, file, params.getPosition())));
  }

  /** The protocol says null where there is nothing. */
  @SuppressWarnings("NullAway") // LSP4J's signatures know no null, but its answers do.
  private static <T> CompletableFuture<T> nullable(CompletableFuture<Optional<T>> answer) {
    return answer.thenApply(found -> found.orElse(null));
  }

  @Override
  public CompletableFuture<Either<List<? extends Location>, List<? extends LocationLink>>>
      definition(DefinitionParams params) {
    return server.about(
        params.getTextDocument().getUri(),
        Either.forLeft(List.of()),
        (analysis, file) ->
            Either.forLeft(server.answers.definition(analysis, file, params.getPosition())));
  }

  @Override
  public CompletableFuture<List<? extends Location>> references(ReferenceParams params) {
    return server.about(
        params.getTextDocument().getUri(),
        List.of(),
        (analysis, file) ->
            server.answers.references(
                analysis, file, params.getPosition(), params.getContext().isIncludeDeclaration()));
  }

  @Override
  public CompletableFuture<Either3<Range, PrepareRenameResult, PrepareRenameDefaultBehavior>>
      prepareRename(PrepareRenameParams params) {
    return nullable(
        server.about(
            params.getTextDocument().getUri(),
            Optional.empty(),
            (analysis, file) ->
                server
                    .answers
                    .at(analysis, file, params.getPosition())
                    .map(it -> Either3.forFirst(server.changes.prepareRename(analysis, it)))));
  }

  @Override
  public CompletableFuture<WorkspaceEdit> rename(RenameParams params) {
    return server.about(
        params.getTextDocument().getUri(),
        new WorkspaceEdit(),
        (analysis, file) -> {
          Optional<Mention> mention = server.answers.at(analysis, file, params.getPosition());
          if (mention.isEmpty()) {
            throw new Changes.RefusedException("there is no name here");
          }
          return server.changes.rename(analysis, mention.get(), params.getNewName());
        });
  }

  @Override
  public CompletableFuture<List<Either<SymbolInformation, DocumentSymbol>>> documentSymbol(
      DocumentSymbolParams params) {
    return server.about(
        params.getTextDocument().getUri(),
        List.of(),
        (analysis, file) ->
            server.answers.outline(analysis, file).stream()
                .map(Either::<SymbolInformation, DocumentSymbol>forRight)
                .toList());
  }

  @Override
  public CompletableFuture<List<Either<Command, CodeAction>>> codeAction(CodeActionParams params) {
    List<String> only = Optional.ofNullable(params.getContext().getOnly()).orElse(List.of());
    return server.about(
        params.getTextDocument().getUri(),
        List.of(),
        (analysis, file) -> {
          var actions = new ArrayList<Either<Command, CodeAction>>();
          if (isWanted(only, CodeActionKind.QuickFix)) {
            server
                .changes
                .fixes(analysis, file, params.getRange())
                .forEach(it -> actions.add(Either.forRight(it)));
          }
          // To find it out costs a compilation, so it is not done each time the cursor moves.
          if (only.stream().anyMatch(it -> Changes.FIX_ALL.startsWith(it))) {
            server.changes.fixAll(analysis).ifPresent(it -> actions.add(Either.forRight(it)));
          }
          return actions;
        });
  }

  private static boolean isWanted(List<String> only, String kind) {
    return only.isEmpty() || only.stream().anyMatch(kind::startsWith);
  }

  @Override
  public CompletableFuture<List<? extends TextEdit>> formatting(DocumentFormattingParams params) {
    return Documents.path(params.getTextDocument().getUri())
        .<CompletableFuture<List<? extends TextEdit>>>map(
            file -> server.ask(_ -> server.changes.format(file)))
        .orElseGet(() -> CompletableFuture.completedFuture(List.of()));
  }

  @Override
  public CompletableFuture<List<FoldingRange>> foldingRange(FoldingRangeRequestParams params) {
    return Documents.path(params.getTextDocument().getUri())
        .map(file -> server.ask(_ -> Folding.of(server.analyst.lines(file, Optional.empty()))))
        .orElseGet(() -> CompletableFuture.completedFuture(List.of()));
  }

  @Override
  public CompletableFuture<SemanticTokens> semanticTokensFull(SemanticTokensParams params) {
    return server.about(
        params.getTextDocument().getUri(),
        new SemanticTokens(List.of()),
        (analysis, file) -> server.answers.tokens(analysis, file));
  }
}
