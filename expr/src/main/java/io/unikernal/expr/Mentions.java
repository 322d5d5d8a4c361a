package io.unikernal.expr;

import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.List;

/** What an expression's text mentions, and where: for editors. */
public final class Mentions {
  private final String text;
  private final int shift;
  private final List<Mention> found = new ArrayList<>();

  private Mentions(String text, int shift) {
    this.text = text;
    this.shift = shift;
  }

  public enum Kind {
    /** A name of the scope. */
    VARIABLE,
    /** A name of a loop or binding. */
    LOCAL,
    FIELD
  }

  /**
   * One name.
   *
   * @param start offset in the scalar that holds the expression, in chars
   * @param type of what stands up to here
   * @param owner of a field: the type that has it; otherwise as {@code type}
   */
  public record Mention(Kind kind, String name, int start, int end, Type type, Type owner) {}

  /** {@code shift}: where the text of a lone expression begins in its scalar. */
  public static List<Mention> of(Expression expression, int shift) {
    if (!(expression instanceof IrExpression ours)) {
      return List.of();
    }
    if (ours.root() instanceof Ir.Interpolation(var parts, var _, var _)) {
      var all = new ArrayList<Mention>();
      for (Ir part : parts) {
        if (part instanceof Ir.Embedded(var inner, var _, var span)) {
          all.addAll(of(inner, span.start()));
        }
      }
      return all;
    }
    var mentions = new Mentions(ours.text(), shift);
    mentions.visit(ours.root());
    return mentions.found;
  }

  private void visit(Ir node) {
    switch (node) {
      case Ir.Variable it -> name(Kind.VARIABLE, it.name(), it.span(), it.type());
      case Ir.Local it -> name(Kind.LOCAL, it.name(), it.span(), it.type());
      case Ir.Select it -> field(it.declared().name(), it.span(), it.type(), it.operand());
      case Ir.SelectByName it -> field(it.field(), it.span(), it.type(), it.operand());
      case Ir.OptionalSelect it -> field(it.field(), it.span(), it.type(), it.operand());
      default -> {}
    }
    IrNodes.children(node).forEach(this::visit);
  }

  private void name(Kind kind, String name, Span span, Type type) {
    if (text.startsWith(name, span.start())) {
      add(kind, name, span.start(), type, type);
    }
  }

  private void field(String name, Span span, Type type, Ir operand) {
    int start = span.end() - name.length();
    if (start >= 0 && text.startsWith(name, start)) {
      add(Kind.FIELD, name, start, type, operand.type());
    }
  }

  private void add(Kind kind, String name, int start, Type type, Type owner) {
    found.add(new Mention(kind, name, start + shift, start + shift + name.length(), type, owner));
  }
}
