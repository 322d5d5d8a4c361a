package io.unikernal.udl;

import io.unikernal.udl.Index.Kind;
import io.unikernal.udl.Index.Location;
import io.unikernal.udl.Index.Symbol;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Style;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether a symbol can be called otherwise, and all places that have to say so. */
public sealed interface Renaming {

  /** The new name goes to each of these. */
  record Possible(List<Location> places) implements Renaming {}

  record Refused(String why) implements Renaming {}

  static Renaming of(Index index, Symbol symbol, String name) {
    if (symbol.kind() == Kind.FIELD) {
      return FieldRenaming.of(index, symbol, name);
    }
    return refusal(symbol)
        .or(() -> described(index, symbol))
        .or(() -> illegal(symbol.kind(), name))
        .or(() -> taken(index, symbol, name))
        .<Renaming>map(Refused::new)
        .orElseGet(() -> new Possible(index.places(symbol)));
  }

  /** Why a symbol cannot be renamed at all. */
  static Optional<String> refusal(Index index, Symbol symbol) {
    return symbol.kind() == Kind.FIELD ? FieldRenaming.refusal(index, symbol) : refusal(symbol);
  }

  private static Optional<String> refusal(Symbol symbol) {
    return switch (symbol.kind()) {
      case PARAMETER ->
          Optional.of("a parameter is also named by each use of the template: rename it by hand");
      case ROUTE -> Optional.of("a route has no name");
      case TYPE, FIELD, SYSTEM, OPERATION, POLICY -> Optional.empty();
      case PIPELINE, STEP, FUNCTION, TEMPLATE -> Optional.empty();
    };
  }

  private static Optional<String> described(Index index, Symbol symbol) {
    var system = index.tables().systems().byName().get(symbol.container());
    boolean isDescribed =
        symbol.kind() == Kind.OPERATION && system != null && SystemTable.describes(system);
    return isDescribed
        ? Optional.of("`" + symbol.id() + "` has its name from the code of the function")
        : Optional.empty();
  }

  private static Optional<String> illegal(Kind kind, String name) {
    var diagnostics = new Diagnostics();
    var source = new Source("", Path.of(""), name);
    var scalar =
        new Scalar(new Place(source, 0, name.length()), name, Style.PLAIN, Optional.empty());
    boolean isGood =
        kind == Kind.TYPE
            ? Names.checkType(scalar, diagnostics)
            : Names.check(scalar, "anything", diagnostics);
    return isGood ? Optional.empty() : Optional.of(diagnostics.sorted().getFirst().message());
  }

  private static Optional<String> taken(Index index, Symbol symbol, String name) {
    String id = symbol.id().substring(0, symbol.id().length() - symbol.name().length()) + name;
    return index
        .find(symbol.kind(), id)
        .filter(other -> !other.id().equals(symbol.id()))
        .map(other -> "there is `" + name + "` already");
  }
}
