package io.unikernal.udl;

import java.util.List;
import java.util.Locale;

/**
 * What came of asking one system.
 *
 * @param type the system's kind
 * @param detail for people; holds no secret
 * @param notes what could not be asked, and why
 */
public record Contact(
    String system, String type, Status status, String detail, List<String> notes) {

  public enum Status {
    CONNECTED,
    UNREACHABLE,
    /** Its adapter cannot be asked without starting it. */
    NOT_ASKED,
    /** Nothing is out there. */
    INSIDE;

    /** As it is printed. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }
}
