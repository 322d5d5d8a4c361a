package io.unikernal.udl;

import io.unikernal.model.Label;
import io.unikernal.model.Shape;
import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A declared record that stays the same object from one compilation to the next, whatever becomes
 * of its fields: what only holds it need not be made again when they change. It notes what is asked
 * of it, so that who asked for what has changed is made again.
 */
final class LastingRecord extends Type.Record {
  private final Session session;
  private Map<String, Given> given = Map.of();
  private Optional<Shape> last = Optional.empty();
  private Optional<Shape> shape = Optional.empty();

  /** What is asked of all that it holds, however deep, with one short answer. */
  private final Map<Summary, Answer> answers = new EnumMap<>(Summary.class);

  /** A question about a record and all records within. */
  enum Summary {
    LABELS {
      @Override
      Object of(LastingRecord record) {
        return record.labelsWithin();
      }
    },
    STREAM {
      @Override
      Object of(LastingRecord record) {
        return Streams.pathWithin(record);
      }
    };

    abstract Object of(LastingRecord record);
  }

  /** {@code state}: that of all records at which it was given. */
  private record Answer(Object value, long state) {}

  /** What is said of a field: the same object as long as it is the same. */
  record Given(int index, Type.Field field) {}

  LastingRecord(String name, Session session) {
    super(name);
    this.session = session;
  }

  /** It is about to be defined anew. */
  LastingRecord open() {
    shape = Optional.empty();
    return this;
  }

  @Override
  public Type.Record define(List<Type.Field> fields) {
    if (shape.isPresent()) {
      throw new IllegalStateException(name() + " is defined already");
    }
    var now = new HashMap<String, Given>();
    var kept = new ArrayList<Type.Field>();
    boolean isSame = last.isPresent() && fields.size() == given.size();
    for (int i = 0; i < fields.size(); i++) {
      Type.Field field = fields.get(i);
      Given before = given.get(field.name());
      Given known =
          before != null && before.index() == i && Alike.are(before.field(), field)
              ? before
              : new Given(i, field);
      now.put(field.name(), known);
      kept.add(known.field());
      isSame &= known == before;
    }
    if (!isSame) {
      given = now;
      last = Optional.of(new Type.Record(name(), kept).shape());
      session.recordChanged();
    }
    shape = last;
    return this;
  }

  /** Nothing is known of it in this compilation: its declaration is too wrong, or gone. */
  void forget() {
    given = Map.of();
    last = Optional.empty();
    shape = Optional.empty();
    session.recordChanged();
  }

  @Override
  public boolean isDefined() {
    session.note(trail -> trail.looks().isDefined(this, shape.isPresent()));
    return shape.isPresent();
  }

  @Override
  public Shape shape() {
    Shape known = known();
    session.note(trail -> trail.looks().whole(this, known));
    return known;
  }

  @Override
  public int index(String fieldName) {
    known();
    return asked(fieldName).map(Given::index).orElse(-1);
  }

  @Override
  public Type.Field field(int index) {
    return asked(known().fields().get(index).name()).map(Given::field).orElseThrow();
  }

  @Override
  @SuppressWarnings("unchecked") // That is what this question gives.
  public Set<Label> labels() {
    return (Set<Label>) asked(Summary.LABELS);
  }

  private Set<Label> labelsWithin() {
    return super.labels();
  }

  /** See {@link Streams#path}. */
  @SuppressWarnings("unchecked") // That is what this question gives.
  Optional<String> streamPath() {
    return (Optional<String>) asked(Summary.STREAM);
  }

  private Object asked(Summary question) {
    Object answer = answerNow(question);
    session.note(trail -> trail.looks().summary(this, question, answer));
    return answer;
  }

  /** As it would be answered now, without a note. */
  Object answerNow(Summary question) {
    Answer known = answers.get(question);
    if (known == null || known.state() != session.state() || session.isDefining()) {
      known = new Answer(session.unnoted(() -> question.of(this)), session.state());
      answers.put(question, known);
    }
    return known.value();
  }

  private Shape known() {
    return shape.orElseThrow(() -> new IllegalStateException(name() + " is not defined yet"));
  }

  private Optional<Given> asked(String fieldName) {
    Optional<Given> found = givenNow(fieldName);
    session.note(trail -> trail.looks().field(this, fieldName, found));
    return found;
  }

  /** As it would be said now, without a note. */
  Optional<Given> givenNow(String fieldName) {
    return Optional.ofNullable(given.get(fieldName));
  }

  Optional<Shape> shapeNow() {
    return shape;
  }
}
