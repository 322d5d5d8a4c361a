package io.unikernal.importers;

/**
 * What one side cannot hold of the other.
 *
 * @param path where, as {@code Order.items[].price}
 * @param detail the part that is lost, as {@code multipleOf: 5}; may be empty
 */
public record Loss(Kind kind, String path, String detail) {

  /** Each says what is lost and what to do about it; the reference page is made from them. */
  public enum Kind {
    ABSENT_ELEMENT("an element may not be absent there", "leave absent elements out of the list"),
    ALIAS_CYCLE("it is made of itself, so it is `any`", "put it into a record's field"),
    ALTERNATIVES(
        "its alternatives cannot be told apart, so it is `any`",
        "make them records that each have a field with one symbol of its own"),
    ANY("what it may hold is not known", "give it a type"),
    BINARY_LENGTH("a length in bytes is only near there", "check it where the bytes are read"),
    CHOICE("that only one of them is given", "check it with `when`"),
    CONSTRAINT("a rule that UDL does not have", "check it with `when` or in a function"),
    DEFAULT("the default", "give the value where the message is made"),
    DECIMAL_AS_NUMBER(
        "readers that hold numbers as doubles round it", "let them read the number's text"),
    DECIMAL_TEXT("digits and decimal places: it travels as text", "check it where it is read"),
    DIGITS_UNKNOWN("how many digits it has is not said, so it may have any", "write decimal(p,s)"),
    DURATION_FORM("durations are written otherwise (P1D, not 1d)", "convert them on the way"),
    EMPTY("absent and empty are one there", "do not tell them apart"),
    EXTRA_FIELDS("fields that are not named", "name them, or make it a map"),
    FIELD_NUMBER(
        "field numbers follow the order of the fields", "add fields at the end, and remove none"),
    INT64_AS_DOUBLE(
        "readers that hold numbers as doubles change integers beyond 2^53",
        "bound it, as int(0..9007199254740991)"),
    KEY_TYPE("keys are not text", "read them from their text"),
    KEYWORD("a keyword that is not read", "say it in UDL by hand"),
    LABEL("who may see it", "keep the definition, where the label stands"),
    LENGTH("the length", "check it where it is read"),
    LENGTH_OR_PATTERN("UDL has a length or a pattern, and here the pattern", "put both into one"),
    MEDIA_TYPE("a body that is not JSON", "call it from a function"),
    NAME("the name", "use the new one"),
    NANOSECONDS("what is finer than a microsecond", "round it before"),
    NOTHING("no value fits it, so it is `any`", "leave it out"),
    NULL_IS_ABSENT("null and absent are one in UDL", "do not tell them apart"),
    NUMBER_FORM("whether the number is exact is not said, so it is a double", "write decimal(p,s)"),
    OPERATION("an operation that cannot be called", "call it from a function"),
    PARAMETER("a parameter", "call it from a function if it is needed"),
    PATTERN("the pattern: its dialect has what the other has not", "write it again by hand"),
    RANGE("the bounds", "check it where it is read"),
    REQUIRED("that it must be there", "check it where it is read"),
    RPC("services: gRPC is not available yet", "call it from a function"),
    SECURITY("how callers prove who they are", "send the header with `headers` of the system"),
    SINGLE_PRECISION("its numbers have 32 bits, and doubles 64", "send no more than 7 digits"),
    STREAM("that it comes piece by piece", "send a list, or page by page"),
    STRUCTURE("it travels as a JSON document", "make tables of its own for it"),
    SYMBOLS("the symbols", "check them where it is read"),
    TABLE("a table whose `create table` cannot be read", "write its type and operations by hand"),
    TEXT_FORM("the form: it travels as text", "read it as its type"),
    TIME_OFFSET("the offset of a time", "use a timestamp"),
    TUPLE("that each place of the list has its own type", "make it a record"),
    TYPES_MIXED("its values have several types, so it is `any`", "send one type"),
    UNION("that it is one of several records", "keep the field that tells them apart"),
    UNIQUE("that no element stands twice", "check it where it is read"),
    UNSIGNED(
        "the upper half of 64 bits without a sign", "bound it, as uint(0..9223372036854775807)"),
    WRAPPED("a list or map inside of another gets a message of its own", "nothing, or a record");

    private final String what;
    private final String advice;

    Kind(String what, String advice) {
      this.what = what;
      this.advice = advice;
    }

    public String what() {
      return what;
    }

    public String advice() {
      return advice;
    }
  }

  /** One line for people. */
  public String text() {
    return path
        + ": "
        + kind.what
        + (detail.isEmpty() ? "" : " (" + detail + ")")
        + "; "
        + kind.advice;
  }
}
