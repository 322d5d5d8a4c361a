package io.unikernal.formats;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.List;

/** What may be wrong with bytes. No message holds what stands there: it may be labelled. */
final class Faults {
  private Faults() {}

  /** A place in a document: {@code position} counts bytes from 0, line and column from 1. */
  record Place(long position, long line, long column) {
    static Place of(long position) {
      return new Place(position, 0, 0);
    }

    private Value.Dict details() {
      var details = new LinkedHashMap<String, Value>();
      details.put("position", Value.integer(position));
      if (line > 0) {
        details.put("line", Value.integer(line));
        details.put("column", Value.integer(column));
      }
      return new Value.Dict(details);
    }

    private String text() {
      return line > 0
          ? " at line " + line + ", column " + column + " (byte " + position + ")"
          : " at byte " + position;
    }
  }

  static FaultException malformed(String what, Place place) {
    return fault(Fault.Code.MALFORMED, what, place);
  }

  static FaultException tooLarge(String what, Place place) {
    return fault(Fault.Code.TOO_LARGE, what, place);
  }

  private static FaultException fault(Fault.Code code, String what, Place place) {
    return Fault.of(code, what + place.text()).withDetails(place.details()).toException();
  }

  /** Data that a format cannot hold, or that is not what was wanted. */
  static FaultException invalid(String what) {
    return Fault.of(Fault.Code.INVALID, what).toException();
  }

  /** Options that a definition gives and that do not go together. */
  static FaultException options(String what, String hint) {
    return Fault.of(Fault.Code.INVALID, what, hint).toException();
  }

  /** The violations of one record of a sequence, with its index. */
  static Fault inRecord(Fault fault, long index) {
    List<Fault.Violation> violations =
        fault.violations().stream()
            .map(it -> {
              String path = it.path();
              String within = path.isEmpty() || path.startsWith("[") ? path : "." + path;
              return new Fault.Violation("[" + index + "]" + within, it.rule(), it.message());
            })
            .toList();
    return new Fault(
        fault.code(),
        fault.message(),
        fault.hint(),
        violations,
        fault.details(),
        fault.retryable());
  }
}
