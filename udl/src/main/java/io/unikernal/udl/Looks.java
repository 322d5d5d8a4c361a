package io.unikernal.udl;

import io.unikernal.model.Shape;
import io.unikernal.udl.LastingRecord.Given;
import io.unikernal.udl.LastingRecord.Summary;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was asked of {@link LastingRecord}s while something was made, and what they said: as long as
 * they would say the same, the same would be made.
 */
final class Looks {
  private static final long NEVER = -1;

  private final Map<LastingRecord, Map<String, Optional<Given>>> fields = new IdentityHashMap<>();
  private final Map<LastingRecord, Shape> wholes = new IdentityHashMap<>();
  private final Map<LastingRecord, Boolean> defined = new IdentityHashMap<>();
  private final Map<LastingRecord, Map<Summary, Object>> summaries = new IdentityHashMap<>();

  /** Those of what it is made of. */
  private final Set<Looks> parts = Collections.newSetFromMap(new IdentityHashMap<>());

  /** At which state of all records it was found to be the same. */
  private long sameAt = NEVER;

  void field(LastingRecord record, String name, Optional<Given> said) {
    fields.computeIfAbsent(record, _ -> new HashMap<>()).put(name, said);
  }

  void whole(LastingRecord record, Shape said) {
    wholes.put(record, said);
  }

  void isDefined(LastingRecord record, boolean said) {
    defined.put(record, said);
  }

  void summary(LastingRecord record, Summary question, Object said) {
    summaries.computeIfAbsent(record, _ -> new EnumMap<>(Summary.class)).put(question, said);
  }

  void part(Looks others) {
    if (!others.isEmpty()) {
      parts.add(others);
    }
  }

  private boolean isEmpty() {
    return fields.isEmpty()
        && wholes.isEmpty()
        && defined.isEmpty()
        && summaries.isEmpty()
        && parts.isEmpty();
  }

  /** {@code now} is the state of all records, see {@link Session#recordChanged}. */
  boolean isSame(long now) {
    boolean isSame = sameAt == now || areSame(now);
    if (isSame) {
      sameAt = now;
    }
    return isSame;
  }

  private boolean areSame(long now) {
    return fields.entrySet().stream()
            .allMatch(it ->
                it.getValue().entrySet().stream()
                    .allMatch(asked -> isSame(it.getKey(), asked.getKey(), asked.getValue())))
        && wholes.entrySet().stream()
            .allMatch(it -> it.getKey().shapeNow().orElse(null) == it.getValue())
        && defined.entrySet().stream()
            .allMatch(it -> it.getKey().shapeNow().isPresent() == it.getValue())
        && summaries.entrySet().stream()
            .allMatch(it ->
                it.getValue().entrySet().stream()
                    .allMatch(asked -> isSame(it.getKey(), asked.getKey(), asked.getValue())))
        && parts.stream().allMatch(it -> it.isSame(now));
  }

  private static boolean isSame(LastingRecord record, Summary question, Object said) {
    return record.shapeNow().isPresent() && record.answerNow(question).equals(said);
  }

  private static boolean isSame(LastingRecord record, String name, Optional<Given> said) {
    return record.shapeNow().isPresent() && record.givenNow(name).orElse(null) == said.orElse(null);
  }
}
