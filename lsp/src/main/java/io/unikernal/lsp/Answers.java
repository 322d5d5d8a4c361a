package io.unikernal.lsp;

import io.unikernal.lsp.Analyst.Analysis;
import io.unikernal.udl.Index;
import io.unikernal.udl.Index.Kind;
import io.unikernal.udl.Index.Location;
import io.unikernal.udl.Index.Mention;
import io.unikernal.udl.Index.Symbol;
import io.unikernal.udl.Index.Token;
import io.unikernal.udl.Suggestion;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionItemKind;
import org.eclipse.lsp4j.CompletionList;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.InsertTextFormat;
import org.eclipse.lsp4j.InsertTextMode;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.SemanticTokens;
import org.eclipse.lsp4j.SymbolKind;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceSymbol;
import org.eclipse.lsp4j.jsonrpc.messages.Either;

/** What an analysis says to an editor's questions. */
final class Answers {
  private static final int ITEMS_MAX = 500;
  private static final int SYMBOLS_MAX = 1_000;

  /** The names of {@link Token.Role}s in the protocol, in their order. */
  static final List<String> TOKEN_TYPES =
      List.of(
          "keyword",
          "type",
          "namespace",
          "method",
          "function",
          "decorator",
          "variable",
          "property",
          "function");

  private final Documents documents;
  private final Analyst analyst;

  Answers(Documents documents, Analyst analyst) {
    this.documents = documents;
    this.analyst = analyst;
  }

  CompletionList completion(Analysis analysis, Path file, Position position) {
    Lines lines = analyst.lines(file, analysis.index());
    int offset = lines.offset(position);
    List<Suggestion> found =
        analysis.index().map(index -> index.suggest(file, lines.text(), offset)).orElse(List.of());
    List<CompletionItem> items =
        found.stream().limit(ITEMS_MAX).map(it -> item(it, lines)).toList();
    return new CompletionList(found.size() > ITEMS_MAX, items);
  }

  private static CompletionItem item(Suggestion suggestion, Lines lines) {
    var item = new CompletionItem(suggestion.label());
    item.setKind(kind(suggestion.kind()));
    item.setDetail(suggestion.detail());
    if (!suggestion.doc().isEmpty()) {
      item.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, suggestion.doc()));
    }
    item.setSortText("%05d".formatted(suggestion.order()));
    Location where = suggestion.replaced();
    item.setTextEdit(
        Either.forLeft(new TextEdit(lines.range(where.start(), where.end()), suggestion.insert())));
    item.setFilterText(suggestion.label());
    if (suggestion.isSnippet()) {
      item.setInsertTextFormat(InsertTextFormat.Snippet);
      item.setInsertTextMode(InsertTextMode.AsIs);
    }
    return item;
  }

  private static CompletionItemKind kind(Suggestion.Kind kind) {
    return switch (kind) {
      case KEY -> CompletionItemKind.Property;
      case VALUE -> CompletionItemKind.Value;
      case TYPE -> CompletionItemKind.Class;
      case SYSTEM -> CompletionItemKind.Module;
      case OPERATION -> CompletionItemKind.Method;
      case PIPELINE, FUNCTION -> CompletionItemKind.Function;
      case POLICY -> CompletionItemKind.Unit;
      case VARIABLE -> CompletionItemKind.Variable;
      case FIELD -> CompletionItemKind.Field;
      case LABEL -> CompletionItemKind.EnumMember;
      case SNIPPET -> CompletionItemKind.Snippet;
    };
  }

  Optional<Hover> hover(Analysis analysis, Path file, Position position) {
    Lines lines = analyst.lines(file, analysis.index());
    return analysis
        .index()
        .flatMap(index -> index.explain(file, lines.offset(position)))
        .map(it ->
            new Hover(
                new MarkupContent(MarkupKind.MARKDOWN, it.text()),
                lines.range(it.location().start(), it.location().end())));
  }

  Optional<Mention> at(Analysis analysis, Path file, Position position) {
    int offset = analyst.lines(file, analysis.index()).offset(position);
    return analysis.index().flatMap(index -> index.at(file, offset));
  }

  List<org.eclipse.lsp4j.Location> definition(Analysis analysis, Path file, Position position) {
    int offset = analyst.lines(file, analysis.index()).offset(position);
    Optional<Path> imported = analysis.index().flatMap(index -> index.imported(file, offset));
    if (imported.isPresent()) {
      return List.of(
          new org.eclipse.lsp4j.Location(
              documents.uri(imported.get()), new Range(new Position(0, 0), new Position(0, 0))));
    }
    return at(analysis, file, position)
        .map(it -> location(analysis, it.symbol().location()))
        .stream()
        .toList();
  }

  List<org.eclipse.lsp4j.Location> references(
      Analysis analysis, Path file, Position position, boolean withDeclaration) {
    Optional<Mention> mention = at(analysis, file, position);
    if (mention.isEmpty() || analysis.index().isEmpty()) {
      return List.of();
    }
    Symbol symbol = mention.get().symbol();
    return analysis.index().get().places(symbol).stream()
        .filter(it -> withDeclaration || !it.equals(symbol.location()))
        .map(it -> location(analysis, it))
        .toList();
  }

  org.eclipse.lsp4j.Location location(Analysis analysis, Location location) {
    return new org.eclipse.lsp4j.Location(
        documents.uri(location.file()), range(analysis, location));
  }

  Range range(Analysis analysis, Location location) {
    return analyst.lines(location.file(), analysis.index()).range(location.start(), location.end());
  }

  /** Symbols within the symbols that hold them. */
  List<DocumentSymbol> outline(Analysis analysis, Path file) {
    if (analysis.index().isEmpty()) {
      return List.of();
    }
    Index index = analysis.index().get();
    Lines lines = analyst.lines(file, analysis.index());
    var roots = new ArrayList<DocumentSymbol>();
    record Open(DocumentSymbol symbol, int end) {}
    var open = new ArrayDeque<Open>();
    for (Symbol symbol : index.symbols(file)) {
      while (!open.isEmpty() && open.peek().end() < symbol.whole().end()) {
        open.pop();
      }
      var shown =
          new DocumentSymbol(
              symbol.name().isBlank() ? "?" : symbol.name(),
              kind(symbol.kind()),
              lines.range(symbol.whole().start(), symbol.whole().end()),
              lines.range(symbol.location().start(), symbol.location().end()),
              index.brief(symbol),
              new ArrayList<>());
      (open.isEmpty() ? roots : open.peek().symbol().getChildren()).add(shown);
      open.push(new Open(shown, symbol.whole().end()));
    }
    return roots;
  }

  private static SymbolKind kind(Kind kind) {
    return switch (kind) {
      case TYPE -> SymbolKind.Class;
      case FIELD -> SymbolKind.Field;
      case SYSTEM -> SymbolKind.Module;
      case OPERATION -> SymbolKind.Method;
      case POLICY -> SymbolKind.Object;
      case PIPELINE, FUNCTION -> SymbolKind.Function;
      case STEP, PARAMETER -> SymbolKind.Variable;
      case TEMPLATE -> SymbolKind.Interface;
      case ROUTE -> SymbolKind.Event;
    };
  }

  List<WorkspaceSymbol> symbols(Analysis analysis, String query) {
    String wanted = query.toLowerCase(Locale.ROOT);
    return analysis.index().map(Index::symbols).orElse(List.of()).stream()
        .filter(
            it -> it.id().toLowerCase(Locale.ROOT).contains(wanted) || it.name().contains(query))
        .limit(SYMBOLS_MAX)
        .map(it ->
            new WorkspaceSymbol(
                it.name(),
                kind(it.kind()),
                Either.forLeft(location(analysis, it.location())),
                it.container()))
        .toList();
  }

  SemanticTokens tokens(Analysis analysis, Path file) {
    Lines lines = analyst.lines(file, analysis.index());
    var data = new ArrayList<Integer>();
    int line = 0;
    int character = 0;
    int end = 0;
    List<Token> tokens = analysis.index().map(it -> it.tokens(file)).orElse(List.of());
    for (Token token : tokens) {
      Range range = lines.range(token.location().start(), token.location().end());
      boolean isOne = range.getStart().getLine() == range.getEnd().getLine();
      if (token.location().start() < end || !isOne) {
        continue;
      }
      Position at = range.getStart();
      data.addAll(
          Arrays.asList(
              at.getLine() - line,
              at.getLine() == line ? at.getCharacter() - character : at.getCharacter(),
              token.location().end() - token.location().start(),
              token.role().ordinal(),
              0));
      line = at.getLine();
      character = at.getCharacter();
      end = token.location().end();
    }
    return new SemanticTokens(data);
  }
}
