package io.unikernal.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A definition of any size, the same each time: files that hold types, systems, policies, routes
 * and pipelines which name each other across files, with expressions of every common form.
 *
 * @param files besides the one that holds the shared types and the policies
 */
public record BigDefinition(int routes, int types, int files) {
  private static final int SHARED_TYPES = 5;

  /** With 300 types and 50 files for each 1,000 routes. */
  public static BigDefinition of(int routes) {
    return new BigDefinition(routes, Math.max(6, routes * 3 / 10), Math.max(1, routes / 20));
  }

  /** Each file's text by its name. */
  public Map<String, String> texts() {
    var texts = new LinkedHashMap<String, String>();
    texts.put("shared.udl.yaml", shared());
    for (int i = 0; i < files; i++) {
      texts.put("part_%03d.udl.yaml".formatted(i), part(i));
    }
    return texts;
  }

  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (var text : texts().entrySet()) {
      Files.writeString(folder.resolve(text.getKey()), text.getValue());
    }
  }

  private static String shared() {
    return """
    udl: 7
    types:
      Money: "decimal(12,2)"
      Address: { street: string(1..80), city: string(1..80), country: "string(/[A-Z]{2}/)" }
      Person: { name: string(1..80), address: Address, born: date? }
      Line: { sku: "string(/[A-Z]{3}-[0-9]{4}/)", qty: "int(1..999) = 1", price: Money }
      Status: enum(new, paid, shipped, returned)
    policies:
      patient: { type: retry, attempts: 5, backoff: exponential, delay: 50ms }
      more_patient: { extends: patient, attempts: 10, max_delay: 1m }
      gentle:
        - { type: rate_limit, limit: 100, window: 1s, burst: 10 }
        - { type: timeout, after: 5s }
    """;
  }

  /** The share of {@code total} that the part gets. */
  private int share(int total, int part) {
    return total / files + (part < total % files ? 1 : 0);
  }

  private String part(int part) {
    int own = Math.max(1, share(Math.max(files, types - SHARED_TYPES), part));
    int count = share(routes, part);
    var text = new StringBuilder("udl: 7\ntypes:\n");
    for (int i = 0; i < own; i++) {
      type(text, part, i);
    }
    text.append("systems:\n  bus_%03d:\n    type: memory\n    operations:\n".formatted(part));
    for (int i = 0; i < count; i++) {
      text.append("      in_%d: { receives: Order%03d_%d }\n".formatted(i, part, i % own));
      text.append(
          "      out_%d: { accepts: { id: uuid, text: string, total: Money, lines: list(Line) }, effect: idempotent }\n"
              .formatted(i));
    }
    text.append("routes:\n");
    for (int i = 0; i < count; i++) {
      text.append(
          "  - { from: bus_%03d.in_%d, to: handle_%03d_%d, policy: gentle }\n"
              .formatted(part, i, part, i));
    }
    text.append("pipelines:\n");
    for (int i = 0; i < count; i++) {
      pipeline(text, part, i, own);
    }
    return text.toString();
  }

  private void type(StringBuilder text, int part, int i) {
    String before = i > 0 ? "Order%03d_%d?".formatted(part, i - 1) : "Person?";
    text.append(
        """
          Order%03d_%d:
            id: uuid
            customer: Person
            lines: list(Line, 1..100)
            status: Status = new
            note: string?
            related: %s
            score: int(0..100) = 50
        """
            .formatted(part, i, before)
            .indent(2)
            .replaceFirst("^ {2}", ""));
  }

  private void pipeline(StringBuilder text, int part, int i, int own) {
    text.append(
        """
          handle_%03d_%d:
            input: Order%03d_%d
            steps:
              - name: large
                set: ${input.lines.filter(line, line.qty > %d && line.price > decimal('10'))}
              - name: total
                set: ${sum(input.lines.map(line, line.price))}
              - name: summary
                set:
                  text: "order ${input.id} of ${input.customer.name}: ${large.size()} large lines"
                  city: ${input.customer.address.city.upperAscii()}
                  note: ${input.?note.orValue('none')}
              - system: bus_%03d.out_%d
                when: input.score >= %d || large.size() > 0
                policy: %s
                with:
                  id: ${input.id}
                  text: "${summary.text} to ${summary.city} (${summary.note})"
                  total: ${round(total, 2)}
                  lines: ${large}
            output: null
        """
            .formatted(
                part,
                i,
                part,
                i % own,
                i % 7,
                part,
                i,
                i % 100,
                i % 2 == 0 ? "patient" : "more_patient")
            .indent(2)
            .replaceFirst("^ {2}", ""));
  }
}
