package io.unikernal.expr;

import static io.unikernal.expr.Fixture.cel;
import static io.unikernal.expr.Fixture.problem;
import static io.unikernal.expr.Fixture.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What UDL's functions for lists, digests, dates and numbers promise beyond their examples. */
class UdlFunctionsTest {
  private static boolean is(String expression) {
    return run(expression) == Value.Bool.TRUE;
  }

  @Test
  void elementsKeepTheirTypeThroughFunctionsOfLists() {
    assertThat(cel("input.items.sort_by(i, i.price)").type())
        .isEqualTo(Type.ListOf.of(Fixture.ITEM));
    assertThat(cel("input.items.group_by(i, i.sku)").type())
        .isEqualTo(new Type.MapOf(Type.ListOf.of(Fixture.ITEM)));
    assertThat(cel("input.items.first()").type()).isEqualTo(new Type.Maybe(Fixture.ITEM));
    assertThat(cel("input.items.last().sku").type()).isEqualTo(new Type.Maybe(Type.Text.ANY_TEXT));
    assertThat(cel("[[input.total]].flatten()").type()).isEqualTo(Type.ListOf.of(Fixture.MONEY));
    assertThat(cel("input.items.map(i, i.price).sort()").type())
        .isEqualTo(Type.ListOf.of(Fixture.MONEY));
    assertThat(cel("[1, 2].zip([3, 4])").type())
        .isEqualTo(Type.ListOf.of(Type.ListOf.of(Type.Int.ANY_INT)));
    assertThat(cel("avg(input.items.map(i, i.price), 3)").type())
        .isEqualTo(new Type.Decimal(1000, 3));
    assertThat(cel("math.greatest(input.total, 1)").type()).isInstanceOf(Type.Decimal.class);
  }

  @Test
  void whatIsMadeOfALabelledValueIsLabelled() {
    for (String expression :
        List.of(
            "base64.encode(bytes(input.email))",
            "'%s'.format([input.email])",
            "strings.quote(input.email)",
            "regex.replace(input.email, '@.*', '')",
            "regex.extract(input.email, '@(.*)')",
            "[input.email].group_by(e, e)",
            "[1].group_by(n, input.email)",
            "json(input)",
            "parse_json(json(input))",
            "[input.email].zip([1])",
            "input.email.reverse()",
            "hex.encode(bytes(input.email))",
            "['a', input.email].join()")) {
      assertThat(LabelRules.outer(cel(expression).type())).as(expression).contains(Label.PII);
    }
    assertThat(LabelRules.outer(Typing.element(cel("[input.email].sort()").type())))
        .contains(Label.PII);
    assertThat(LabelRules.outer(cel("[input.email].first()").type())).contains(Label.PII);
  }

  @Test
  void digestsAndMasksHaveNoLabel() {
    for (String expression :
        List.of(
            "mask(input.email)",
            "hash(input.email)",
            "hash(input.email, 'sha512')",
            "hmac(input.email, 'key')",
            "size(input.email)",
            "sets.contains([input.email], ['a'])")) {
      assertThat(LabelRules.outer(cel(expression).type())).as(expression).isEmpty();
    }
  }

  @Test
  void digestsAreThoseOfTheStandards() {
    assertThat(is("hash('abc', 'md5') == '900150983cd24fb0d6963f7d28e17f72'")).isTrue();
    assertThat(is("hash('abc', 'sha1') == 'a9993e364706816aba3e25717850c26c9cd0d89d'")).isTrue();
    assertThat(is("hash(b'abc') == hash('abc', 'sha256')")).isTrue();
    // RFC 4231, test case 2.
    assertThat(
            is(
                "hmac('what do ya want for nothing?', 'Jefe') =="
                    + " '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'"))
        .isTrue();
  }

  @Test
  void sortingKeepsEqualsAsTheyWere() {
    assertThat(is("['bb', 'aa', 'c'].sort_by(x, size(x)) == ['c', 'bb', 'aa']")).isTrue();
    assertThat(is("[decimal('1.5'), decimal('1.25')].sort() == [1.25, 1.5]")).isTrue();
    assertThat(is("['b', 'B', 'ä', 'a'].sort() == ['B', 'a', 'b', 'ä']")).isTrue();
    assertThat(is("[[2, 'x'], [1, 'y']].sort_by(p, int(p[0])).map(p, p[1]) == ['y', 'x']"))
        .isTrue();
  }

  @Test
  void numbersAreOneKindToDistinctAndSets() {
    assertThat(is("[1, 1.0, 1u, decimal('1.00'), '1'].distinct().size() == 2")).isTrue();
    assertThat(is("sets.contains([1, dyn(2)], [dyn(2.0)])")).isTrue();
    assertThat(is("[{'a': 1}, {'a': 1.0}].distinct().size() == 1")).isTrue();
    assertThat(is("[9007199254740993, 9007199254740992].distinct().size() == 2")).isTrue();
  }

  @Test
  void groupsAreInTheOrderOfTheirFirst() {
    assertThat(is("['b', 'a', 'b'].group_by(x, x).map(k, k) == ['b', 'a']")).isTrue();
    assertThat(is("[1, 2, 3].group_by(n, n % 2)['1'] == [1, 3]")).isTrue();
    assertThat(is("[1, 2].group_by(n, n > 1)['true'] == [2]")).isTrue();
  }

  @Test
  void momentsAreReadInTheirOwnZoneElseInTheOneGiven() {
    assertThat(
            is(
                "parse_timestamp('2026-07-01 12:00 +02:00', 'yyyy-MM-dd HH:mm xxx') =="
                    + " timestamp('2026-07-01T10:00:00Z')"))
        .isTrue();
    assertThat(
            is(
                "parse_timestamp('2026-07-01', 'yyyy-MM-dd', 'Europe/Berlin') =="
                    + " timestamp('2026-06-30T22:00:00Z')"))
        .isTrue();
    assertThat(
            is(
                "format_timestamp(timestamp('2026-01-01T00:30:00Z'), 'EEE d MMM, HH:mm',"
                    + " 'America/New_York') == 'Wed 31 Dec, 19:30'"))
        .isTrue();
  }

  @Test
  void partsOfDaysAndTimesOfDayAreRead() {
    assertThat(is("date('2026-01-31').getFullYear() == 2026")).isTrue();
    assertThat(is("date('2026-01-31').getDayOfWeek() == 6")).isTrue();
    assertThat(is("time('12:30:45').getMinutes() == 30")).isTrue();
  }

  @Test
  void numbersOfOthersAreReadAndWrittenExactly() {
    assertThat(run("parse_decimal(' -1 234,5 ', ' ', ',')")).isEqualTo(Value.decimal("-1234.5"));
    assertThat(is("format_decimal(-1234567, 1, '\\'', '.') == '-1\\'234\\'567.0'")).isTrue();
    assertThat(is("format_decimal(decimal('0.005'), 2, ',', '.') == '0.00'")).isTrue();
    assertThat(is("format_decimal(parse_decimal('999.995', ',', '.'), 2, ',', '.') == '1,000.00'"))
        .isTrue();
  }

  @Test
  void aKeyThatHasNoOrderIsRefusedWithWhatToWrite() {
    assertThat(problem("input.items.sort_by(i, i)"))
        .satisfies(found -> {
          assertThat(found.message())
              .isEqualTo("`sort_by` does not take `list(Item)` and `list(Item)`");
          assertThat(found.hint()).contains("has an order");
        });
    assertThat(problem("input.items.group_by(i, i.price)").hint()).contains("string(...)");
  }

  @Test
  void decimalsWidenInComparisonsOfTheLargest() {
    assertThat(run("math.greatest(decimal('1.5'), 2)")).isEqualTo(Value.decimal("2"));
    assertThat(run("math.least(1, decimal('1.50'))")).isInstanceOf(Value.Decimal.class);
    assertThat(run("math.round(decimal('2.5'))")).isEqualTo(Value.decimal("3"));
  }

  @Test
  void addressesAreTextsInTheirOneForm() {
    assertThat(cel("ip('10.0.0.1')").type()).isEqualTo(Type.Text.ANY_TEXT);
    assertThat(run("ip('2001:0DB8::0:1')")).isEqualTo(Value.text("2001:db8::1"));
    assertThat(run("ip('1:0:0:2:0:0:0:3')")).isEqualTo(Value.text("1:0:0:2::3"));
    assertThat(run("ip('::')")).isEqualTo(Value.text("::"));
    for (String no : List.of("localhost", "10.1", "10.0.0.01", "1::2::3", "1:2", "::1%eth0", "")) {
      assertThat(run("isIP('" + no + "')")).as(no).isEqualTo(Value.Bool.FALSE);
    }
    for (String no : List.of("10.0.0.0/33", "10.0.0.0", "10.0.0.0/08", "10.0.0.0/-1", "::/129")) {
      assertThat(run("isCIDR('" + no + "')")).as(no).isEqualTo(Value.Bool.FALSE);
    }
  }
}
