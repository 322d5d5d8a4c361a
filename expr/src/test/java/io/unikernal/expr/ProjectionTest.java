package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Reads;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 + 2 | {}",
        "input | all",
        "input.count > 2 | {count: all}",
        "has(input.note) | {note}",
        "has(input.address) && input.address.?zip.hasValue() | {address: {zip}}",
        "input.items.exists(i, i.qty > 1) | {items: {[]: {qty: all}}}",
        "input.items.map(i, i) | {items: {[]: all}}",
        "input.items.map(i, i.price * i.qty) | {items: {[]: {price: all, qty: all}}}",
        "input.items.transformList(n, i, string(n) + i.sku) | {items: {[]: {sku: all}}}",
        "size(input.items) | {items}",
        "input.items.filter(i, i.qty > 1) | {items: {[]: all}}",
        "size(input.items.filter(i, i.qty > 1)) | {items: {[]: {qty: all}}}",
        "input.items.filter(i, i.qty > 1).map(i, i.sku) | {items: {[]: {qty: all, sku: all}}}",
        "input.items.filter(i, i.qty > 1).filter(i, i.sku == 'a').exists(i, i.price > 2.0)"
            + " | {items: {[]: {price: all, qty: all, sku: all}}}",
        "input.items.filter(i, i.qty > 1)[0].sku | {items: {[]: all}}",
        "size(input.tags.filter(k, k == 'a')) | {tags: all}",
        "size(input.items) > 1 && input.items[1].sku == 'a' | {items: {[n]: {sku: all}}}",
        "input.items[0].qty > 1 && input.items.exists(i, i.sku == 'a') | {items: {[]: {qty: all, sku: all}}}",
        "input.items[input.count].sku | {count: all, items: {[]: {sku: all}}}",
        "cel.bind(a, input.items[0], a.sku + string(a.qty)) | {items: {[n]: {qty: all, sku: all}}}",
        "input.tags['a'] + input.tags.b | {tags: {a: all, b: all}}",
        "input.tags.exists(k, k == 'a') | {tags: all}",
        "input == anything | all",
        "input.customer in ['a'] ? input.total : input.items[0].price"
            + " | {customer: all, items: {[n]: {price: all}}, total: all}"
      })
  void whatAnExpressionReadsOfTheInput(String text, String reads) {
    var projection = Projection.of(List.of(Fixture.cel(text)));
    assertThat(projection.of(Frame.INPUT)).hasToString(reads);
  }

  @Test
  void aMappingReadsWhatItsPartsReadAndWritesItsFields() {
    var fields = new LinkedHashMap<String, Expression>();
    fields.put("who", Fixture.cel("input.customer"));
    fields.put("first", Fixture.cel("input.items[0]"));
    fields.put("by", Fixture.cel("auth"));
    var mapping = Expressions.mapping(fields);
    var projection = Projection.of(List.of(mapping));
    assertThat(projection.of(Frame.INPUT)).hasToString("{customer: all, items: {[n]: all}}");
    assertThat(projection.of(Frame.AUTH).isWhole()).isTrue();
    assertThat(projection.of(Frame.META)).isEqualTo(Reads.NONE);
    assertThat(Projection.writes(mapping)).containsExactly("who", "first", "by");
    assertThat(Projection.writes(Fixture.cel("input"))).isEmpty();
  }
}
