package io.unikernal.adapter.sql;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.Effect;
import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import io.unikernal.spi.OperationRule;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/**
 * What a statement makes of its operation. Each parameter is a field {@code any?} of the input: an
 * optional field that is absent is NULL, which a required one would refuse.
 */
record SqlRule(SqlScanner.Grammar grammar) implements OperationRule {
  private static final Set<Capability> CAPABILITIES =
      Collections.unmodifiableSet(
          EnumSet.of(Capability.BLOCKS, Capability.CANCELS, Capability.TRANSACTIONAL));

  @Override
  public Result apply(String name, Config operation, Config system) {
    if (operation.get(SqlFields.MAX_ROWS) < 1) {
      return refused("max_rows", "`max_rows` must be at least 1", "leave it out");
    }
    String sql = operation.get(SqlFields.SQL);
    return switch (SqlScanner.scan(sql, grammar)) {
      case SqlScanner.Result.Wrong wrong ->
          refused("sql", wrong.message() + place(sql, wrong.offset()), wrong.hint());
      case SqlScanner.Result.Scanned(SqlText text) -> shaped(operation, text);
    };
  }

  private static Result shaped(Config operation, SqlText text) {
    var option = operation.find(SqlFields.RETURNS);
    var returns = Cardinality.Returns.of(option, text.yieldsRows());
    if (!text.yieldsRows() && returns.rows() != Cardinality.NONE) {
      return refused(
          "returns",
          "this statement yields no rows",
          "leave `returns` out, or end the statement with `returning …`");
    }
    var fields = new LinkedHashMap<String, Type>();
    text.parameters().forEach(parameter -> fields.put(parameter, new Type.Maybe(Type.Simple.ANY)));
    return new Result.Shaped(
        Operation.Direction.CALLED,
        Type.record(fields),
        returns.output(option),
        text.reads() ? Effect.READS : Effect.UNKNOWN,
        CAPABILITIES,
        "");
  }

  private static Result refused(String field, String message, String hint) {
    return new Result.Refused(List.of(new Problem(field, message, hint)));
  }

  /** Where in the text, for a statement over several lines. */
  static String place(String sql, int offset) {
    String before = sql.substring(0, Math.min(offset, sql.length()));
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    int column = before.length() - before.lastIndexOf('\n');
    return " (line " + line + ", column " + column + " of the statement)";
  }
}
