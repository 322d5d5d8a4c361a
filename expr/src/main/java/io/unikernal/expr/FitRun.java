package io.unikernal.expr;

import io.unikernal.model.Fault;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.List;

/** One record that generated code builds to fit a type: every field that does not is reported. */
final class FitRun {
  private final List<Fault.Violation> violations = new ArrayList<>(0);

  /**
   * A field of the wanted record.
   *
   * @param check whether only the value can tell if it fits
   * @param prefix the path of the record, with a dot at the end unless empty
   */
  record Place(int index, Type.Field field, boolean check, String prefix) {}

  /** As {@link Fitting} does for each field. */
  static Rec.Builder place(Rec.Builder builder, Value value, FitRun run, Place place) {
    Type.Field field = place.field();
    if (value == Value.Absent.ABSENT || value == Value.Null.NULL && field.type().isMaybe()) {
      if (field.isRequired()) {
        run.violations.add(
            new Fault.Violation(place.prefix() + field.name(), "required", "is missing"));
      }
      return builder.set(place.index(), field.fallback().orElse(Value.Absent.ABSENT));
    }
    return builder.set(
        place.index(),
        place.check() ? Fitting.check(field, value, place.prefix(), run.violations) : value);
  }

  static Rec.Builder placeLong(
      Rec.Builder builder, long value, long min, long max, FitRun run, Place place) {
    return value >= min && value <= max
        ? builder.setBits(place.index(), value)
        : place(builder, Value.integer(value), run, place);
  }

  static Value verify(Value built, FitRun run, String what) {
    if (!run.violations.isEmpty()) {
      throw Fault.invalid(what + " does not fit its type", run.violations).toException();
    }
    return built;
  }
}
