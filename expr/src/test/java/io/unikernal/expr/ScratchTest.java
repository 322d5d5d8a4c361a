package io.unikernal.expr;
import org.junit.jupiter.api.Test;
class ScratchTest {
  @Test void x() {
    for (String t : new String[]{"{}.transformMap(k, v, k == 'foo', v)", "{}.transformList(k, v, k)","[{}.map(k, k)]", "{}", "{}.map(k, k == 'a')", "input.items.sort_by(i, i.price)", "input.items.group_by(i, i.sku)", "input.items.first().sku", "math.greatest(input.total, 1)", "[1,2].zip(['a','b'])","avg(input.items.map(i, i.price), 2)", "input.items.map(i, i.price).sort()", "'%s %.2f'.format([input.customer, input.total])", "[input.email].sort()", "{'e': input.email}.e", "input.items.sort_by(i, i.foo)", "input.items.sort_by(i, i)", "input.items.group_by(i, i)", "hash(input.email)","regex.extract(input.email, 'a(.*)')", "[[input.email]].flatten()"}) {
      var c = Expressions.cel(t, Fixture.SCOPE);
      System.out.println(t + "  =>  " + (c instanceof Compiled.Good(var e) ? e.type() + " = " + value(e) : c));
    }
  }
  static String value(io.unikernal.model.Expression e) { try { return "" + e.evaluate(Fixture.frame(Fixture.order().build())); } catch (RuntimeException x) { return "" + x; } }
}
