package io.unikernal.udl;

import io.unikernal.model.Type;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How JSON has a field's number: {@code as string} at the end of its type. */
final class JsonForm {
  static final Pattern PATTERN = Pattern.compile("\\s+as\\s+(\\w+)$");

  private JsonForm() {}

  /** Whether it is a text there; anything else that stands behind a type is an error. */
  static boolean isText(Node.Scalar scalar, Matcher form, Type type, Diagnostics diagnostics) {
    if (!form.group(1).equals("string")) {
      Place place = scalar.part(form.start(1), form.end(1));
      diagnostics
          .error(Code.TYPE_SYNTAX, place, "a number may be `as string`, and nothing else")
          .label("what JSON has in its place")
          .edit(place, "string");
      return false;
    }
    boolean isNumber = Type.Field.mayBeJsonText(type.core());
    if (!isNumber && type.core() != Type.Simple.ANY) {
      Place place = scalar.part(form.start(), form.end());
      diagnostics
          .error(Code.TYPE_SYNTAX, place, "only an int, uint or decimal may be `as string`")
          .label("`" + type + "` has one form in JSON")
          .edit(place, "");
    }
    return isNumber;
  }
}
