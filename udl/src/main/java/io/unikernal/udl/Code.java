package io.unikernal.udl;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The stable codes of diagnostics. What each means stands in {@code codes/UDL-<number>.md} among
 * the resources: {@code unikernal explain} and the pages of docs/reference read it. 1xxx is YAML
 * and structure, 2xxx types and expressions, 3xxx systems and operations, 31xx identities and
 * roles, 4xxx routes and steps, 5xxx policies and effects, 6xxx labels and secrets, 7xxx what the
 * real systems say, 8xxx tests of a definition, 9xxx what this version does not run yet. A number
 * is never used again for something else.
 */
public enum Code {
  FILE_UNREADABLE(1001),
  YAML_SYNTAX(1002),
  YAML_TAB(1003),
  DUPLICATE_KEY(1004),
  YAML_LIMIT(1005),
  YAML_TAG(1006),
  YAML_COMMA_QUOTES(1007),
  YAML_MARKER_QUOTES(1008),
  YAML_PREDICATE_QUOTES(1009),
  WRONG_KIND(1010),
  UNKNOWN_KEY(1011),
  MISSING_KEY(1012),
  IMPORT_MISSING(1013),
  IMPORT_CYCLE(1014),
  BAD_NAME(1015),
  RESERVED_NAME(1016),
  DUPLICATE_NAME(1017),
  UDL_VERSION(1018),
  UNKNOWN_TEMPLATE(1101),
  TEMPLATE_MISSING(1102),
  TEMPLATE_UNKNOWN(1103),
  TEMPLATE_MISFIT(1104),
  UNKNOWN_PARAMETER(1105),
  TEMPLATE_CYCLE(1106),
  TEMPLATE_LIMIT(1107),
  UNUSED_TEMPLATE(1108),
  UNUSED_PARAMETER(1109),
  TEMPLATE_KIND(1110),
  PARAMETER_PLACE(1111),

  TYPE_SYNTAX(2001),
  UNKNOWN_TYPE(2002),
  TYPE_CYCLE(2003),
  BAD_EXTENDS(2004),
  BAD_DEFAULT(2005),
  EXPRESSION_SYNTAX(2101),
  UNKNOWN_VARIABLE(2102),
  UNKNOWN_FIELD(2103),
  TYPE_MISMATCH(2104),
  EXPRESSION_TYPE(2105),
  MAYBE_ABSENT(2106),
  UNKNOWN_FUNCTION(2107),
  EXPRESSION_LIMIT(2108),
  LITERAL_MISFIT(2109),
  WHEN_NOT_BOOL(2110),
  FOREIGN_MARKER(2111),
  FUNCTION_NAME(2301),
  FUNCTION_CYCLE(2302),
  FUNCTION_ARGUMENT(2303),
  FUNCTION_SCOPE(2304),
  UNUSED_FUNCTION(2305),

  UNKNOWN_SYSTEM_TYPE(3001),
  BAD_OPTION(3002),
  OPERATION_REFUSED(3003),
  DESCRIBE_FAILED(3004),
  DESCRIBE_CONFLICT(3005),
  NOT_DESCRIBED(3006),
  OFFLINE_ANY(3007),
  ENVIRONMENT_MISSING(3008),
  ENVIRONMENT_VALUE(3009),
  CONFIGURATION_MARKER(3010),

  UNKNOWN_IDENTITY_TYPE(3101),
  IDENTITY_REFUSED(3102),
  UNKNOWN_GRANT(3103),
  UNKNOWN_ROLE(3104),
  UNUSED_ROLE(3105),
  NOBODY_MAY(3106),

  UNKNOWN_SYSTEM(4001),
  UNKNOWN_OPERATION(4002),
  UNKNOWN_TARGET(4003),
  NOT_A_SOURCE(4004),
  NOT_CALLABLE(4005),
  BARE_ROUTE_TWICE(4006),
  UNREACHABLE_ROUTE(4007),
  NO_CATCH_ALL(4008),
  PIPELINE_CYCLE(4009),
  UNUSED_PIPELINE(4010),
  STEP_KIND(4011),
  TARGET_FORM(4101),
  TARGET_KEY(4102),
  NOT_A_MEMBER(4103),
  TARGET_VALUE(4104),
  HEDGE_EFFECT(4105),
  CHOOSE_FORM(4110),
  CHOOSE_OPEN(4111),
  NOT_ITERABLE(4112),
  STEP_OPTION(4113),
  REPLY_PLACE(4114),
  REPLY_TWICE(4115),
  REPLY_UNHEARD(4116),
  FILTER_PLACE(4117),
  BATCH_PLACE(4118),
  NOT_UNDONE(4119),
  STREAM_PLACE(4120),
  STREAM_TWICE(4121),
  STREAM_USE(4122),
  DURABLE_ANSWER(4123),
  DURABLE_STREAM(4124),
  DURABLE_VALUE(4125),
  ORDER_VALUE(4130),
  STATE_KEY(4131),

  UNKNOWN_POLICY(5001),
  POLICY_TYPE(5002),
  POLICY_VALUE(5003),
  POLICY_EXTENDS(5004),
  UNUSED_POLICY(5005),
  BAD_EFFECT(5101),
  RETRY_UNKNOWN(5102),
  RETRY_ONCE(5103),
  RETRY_STREAM(5104),
  POLICY_PLACE(5105),
  CACHE_EFFECT(5106),
  RETRY_IN_VAIN(5107),
  ANSWERED_EARLY(5108),
  UNDONE_ONCE(5109),
  WAIT_IN_VAIN(5110),
  DURABLE_ONCE(5120),
  DURABLE_UNKNOWN(5121),
  LETTERS_MASKED(5122),
  STREAM_KEPT(5123),
  STATE_CLEAR(5124),

  LABEL_FLOW(6001),
  SOURCE_CLEARANCE(6002),
  UNKNOWN_LABEL(6003),
  CLEAR_TEXT(6004),
  SECRET_MISSING(6005),
  LABEL_LOST(6006),
  SECRET_PROVIDER(6101),
  ENVIRONMENT_FILE(6102),

  TEST_OPERATION(8001),
  TEST_VALUE(8002),
  TEST_NOTHING(8003),

  CONNECT_UNREACHABLE(7001),
  CONNECT_TYPES(7002),
  DRIFT_STATEMENT(7101),
  DRIFT_COLUMNS(7102),
  DRIFT_COLUMN_TYPE(7103),
  DRIFT_NULL(7104),
  DRIFT_PARAMETER(7105),
  DRIFT_SIGNATURE(7106),
  DRIFT_MISSING(7107),

  NOT_YET(9001);

  private final int number;

  Code(int number) {
    this.number = number;
  }

  /**
   * What a code means.
   *
   * @param title a headline that fits every case
   * @param before a definition that gives the diagnostic, the file that is checked first
   * @param after the same as it should be
   */
  public record Page(
      String title, String why, String fix, List<Snippet> before, List<Snippet> after) {}

  /** A file of an example; {@code file} is empty for the definition itself. */
  public record Snippet(String language, String file, String text) {}

  /** The code as {@code UDL-2104} or {@code 2104}. */
  public static Optional<Code> find(String text) {
    String number = text.strip().toUpperCase(Locale.ROOT).replaceFirst("^UDL-?", "");
    return Arrays.stream(values())
        .filter(code -> String.valueOf(code.number).equals(number))
        .findFirst();
  }

  public String id() {
    return "UDL-" + number;
  }

  public Page page() {
    return CodePages.read(id());
  }
}
