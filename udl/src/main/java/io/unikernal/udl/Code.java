package io.unikernal.udl;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The stable codes of diagnostics, each in one place with its explanation: {@code unikernal
 * explain} and docs/reference/diagnostics.md read it. 1xxx is YAML and structure, 2xxx types and
 * expressions, 3xxx systems and operations, 4xxx routes and steps, 5xxx policies and effects, 6xxx
 * labels and secrets, 9xxx what this version does not run yet. A number is never used again for
 * something else.
 */
public enum Code {
  FILE_UNREADABLE(
      1001,
      "The definition cannot be read",
      "The file or folder is not there, is not UTF-8, is too large, or the folder "
          + "holds no definition.",
      "Check the path. A folder is read as every *.udl and *.udl.yaml directly in it.",
      "unikernal check oders.udl.yaml",
      "unikernal check orders.udl.yaml"),
  YAML_SYNTAX(
      1002,
      "This is not YAML",
      "The text breaks a rule of YAML 1.2, so nothing after it can be understood.",
      "Look at the place and just before it: a missing colon, quote, bracket or a "
          + "wrong indentation.",
      "routes: [ { from: web.a, to: b.c }",
      "routes: [ { from: web.a, to: b.c } ]"),
  YAML_TAB(
      1003,
      "A tab cannot indent YAML",
      "YAML counts columns, and a tab has no width that everybody agrees on.",
      "Replace the tab by spaces.",
      "systems:\n\tweb: { type: http }",
      "systems:\n  web: { type: http }"),
  DUPLICATE_KEY(
      1004,
      "A key stands twice in one mapping",
      "Only one of the two could count, and nobody would see which.",
      "Remove one, or give it the name that was meant.",
      "policy: fast\npolicy: slow",
      "policy: [fast, slow]"),
  YAML_LIMIT(
      1005,
      "The document is too large or too deep",
      "A definition is written by people; bounds keep a broken or hostile file from "
          + "eating the memory.",
      "Split the definition with `import`, or use fewer aliases.",
      "a: &a [*b, *b, *b]",
      "import: [part.udl.yaml]"),
  YAML_TAG(
      1006,
      "A YAML tag means nothing here",
      "A word that begins with `!` is a tag in YAML. UDL has none.",
      "Quote the text if the `!` belongs to it.",
      "doc: !important",
      "doc: \"!important\""),
  YAML_COMMA_QUOTES(
      1007,
      "A type with a comma needs quotes inside `{ }`",
      "In flow style a comma ends the value: `{ price: decimal(12,2) }` is two keys, "
          + "`price` and `2)`.",
      "Quote the type, or write the mapping over several lines.",
      "Item: { price: decimal(12,2) }",
      "Item: { price: \"decimal(12,2)\" }"),
  YAML_MARKER_QUOTES(
      1008,
      "An expression needs quotes here",
      "`${…}` inside `{ }` holds braces that YAML takes for its own, and `: ` and ` #` "
          + "cut a text without quotes.",
      "Put the whole value in quotes.",
      "with: { id: ${input.id} }",
      "with: { id: \"${input.id}\" }"),
  YAML_PREDICATE_QUOTES(
      1009,
      "A condition needs quotes here",
      "A text that begins with `!` is a tag in YAML, and one that begins with a quote "
          + "ends with it.",
      "Put the whole condition in quotes.",
      "when: !input.paid",
      "when: \"!input.paid\""),
  WRONG_KIND(
      1010,
      "A value of another kind is wanted",
      "The key takes a mapping, a list or a text, and something else stands there.",
      "Write it as the message says.",
      "routes:\n  from: web.a\n  to: b.c",
      "routes:\n  - from: web.a\n    to: b.c"),
  UNKNOWN_KEY(
      1011,
      "A key that nobody reads",
      "Unknown keys are refused, since a misspelt one would silently do nothing.",
      "Use one of the known keys that the message lists.",
      "systems:\n  web: { type: http, lisen: 8080 }",
      "systems:\n  web: { type: http, listen: 8080 }"),
  MISSING_KEY(
      1012,
      "A key that must be there is not",
      "Without it nothing can be made of the rest.",
      "Add the key.",
      "routes:\n  - from: web.a",
      "routes:\n  - from: web.a\n    to: b.c"),
  IMPORT_MISSING(
      1013,
      "An imported file cannot be read",
      "`import` names files relative to the file that it stands in.",
      "Correct the path.",
      "import: shared.udl",
      "import: ./modules/shared.udl"),
  IMPORT_CYCLE(
      1014,
      "Imports go round in a circle",
      "A file would have to be read before itself.",
      "Move what both need into a third file.",
      "import: b.udl   # in a.udl, and b.udl imports a.udl",
      "import: common.udl"),
  BAD_NAME(
      1015,
      "A name that cannot be used",
      "Names of systems, operations, steps, pipelines and policies match "
          + "[a-z][a-z0-9_]*, those of types [A-Z][A-Za-z0-9_]*.",
      "Rename it.",
      "systems:\n  Web-Server: { type: http }",
      "systems:\n  web_server: { type: http }"),
  RESERVED_NAME(
      1016,
      "A name that expressions use themselves",
      "`input`, `meta`, `auth`, `error`, `item`, `index`, `env`, `secret` and the "
          + "words of CEL mean something already.",
      "Choose another name.",
      "- { name: input, set: { a: 1 } }",
      "- { name: order, set: { a: 1 } }"),
  DUPLICATE_NAME(
      1017,
      "A name is taken",
      "Two things of one kind cannot have one name, also not in different files.",
      "Rename one of them.",
      "steps:\n  - { name: a, set: 1 }\n  - { name: a, set: 2 }",
      "steps:\n  - { name: a, set: 1 }\n  - { name: b, set: 2 }"),
  UDL_VERSION(
      1018,
      "A version of UDL that is not known",
      "`udl:` says for which version of the language the file is written; this program reads 7.",
      "Write `udl: 7` or leave it out.",
      "udl: 8",
      "udl: 7"),

  TYPE_SYNTAX(
      2001,
      "A type that cannot be read",
      "The text is not a type as the language reference describes them.",
      "Write it as the message says.",
      "qty: int(1-9)",
      "qty: int(1..9)"),
  UNKNOWN_TYPE(
      2002,
      "A type that nobody declares",
      "The name is neither built in nor declared under `types:`.",
      "Correct the name, or declare the type.",
      "body: NewOder",
      "body: NewOrder"),
  TYPE_CYCLE(
      2003,
      "A type is made of itself",
      "An alias or `extends` leads back to where it began. A record may hold itself in "
          + "a field, but a type cannot be itself.",
      "Break the circle, or put one of them into a field of a record.",
      "A: B\nB: A",
      "A: { b: B? }\nB: string"),
  BAD_EXTENDS(
      2004,
      "This cannot be extended so",
      "`extends` takes the names of records, and a field may not be written again with "
          + "another type.",
      "Extend a record, and rename the field.",
      "Order: { extends: Sku }",
      "Order: { extends: NewOrder }"),
  BAD_DEFAULT(
      2005,
      "A default that does not fit its type",
      "The value after `=` must be one of the field's type.",
      "Write a value of the type.",
      "status: enum(new, paid) = open",
      "status: enum(new, paid) = new"),
  EXPRESSION_SYNTAX(
      2101,
      "An expression that cannot be read",
      "The text inside `${…}` or after `when:` is not CEL.",
      "Correct it at the caret.",
      "when: input.qty >",
      "when: input.qty > 3"),
  UNKNOWN_VARIABLE(
      2102,
      "A name that is not in scope",
      "Expressions see `input`, `meta`, `auth` and the steps before; names inside "
          + "`parallel` are visible after it; `error` only in `on_error`.",
      "Use one of those names.",
      "set: { total: \"${qoute.total}\" }",
      "set: { total: \"${quote.total}\" }"),
  UNKNOWN_FIELD(
      2103,
      "A field that the type does not have",
      "The record's type is known, and this field is not among its fields.",
      "Correct the name, or add the field to the type.",
      "${input.custmer}",
      "${input.customer}"),
  TYPE_MISMATCH(
      2104,
      "A value of one type where another is wanted",
      "Every edge is checked before anything starts: what a route or step gives must "
          + "fit what its target takes, and an answer what its source promises.",
      "Map the value with `with`, add a `set` step with `as`, or change one of the types.",
      "with: { items: \"${input.lines}\" }",
      "with: { items: \"${input.items}\" }"),
  EXPRESSION_TYPE(
      2105,
      "An expression whose types do not go together",
      "An operator or function got values that it is not defined for.",
      "Convert one side, as with string(), int() or decimal().",
      "${input.qty + ' pieces'}",
      "${string(input.qty) + ' pieces'}"),
  MAYBE_ABSENT(
      2106,
      "A value that may be absent is used as if it were there",
      "A field of type `T?`, and a step with `when`, may have no value.",
      "Read it with `.?field` and give an alternative with orValue().",
      "${input.note + '!'}",
      "${input.?note.orValue('') + '!'}"),
  UNKNOWN_FUNCTION(
      2107,
      "A function that does not exist",
      "The language reference lists the functions that expressions may call.",
      "Correct the name.",
      "${upper(input.name)}",
      "${input.name.upperAscii()}"),
  EXPRESSION_LIMIT(
      2108,
      "An expression that is too large",
      "Bounds keep the time of each message bounded.",
      "Split it over several `set` steps.",
      "${[1,2,3, … ].map(a, …)}",
      "- { name: part, set: \"${…}\" }"),
  LITERAL_MISFIT(
      2109,
      "A constant that does not fit its type",
      "The text written here is not a value of the type that is wanted.",
      "Write a value of the type.",
      "with: { qty: many }",
      "with: { qty: 3 }"),
  WHEN_NOT_BOOL(
      2110,
      "A condition that is not true or false",
      "`when` takes an expression of type bool.",
      "Compare with something.",
      "when: input.qty",
      "when: input.qty > 0"),

  UNKNOWN_SYSTEM_TYPE(
      3001,
      "A kind of system that is not known",
      "`type` names an adapter; the message lists those that are installed.",
      "Correct the name.",
      "web: { type: htpp }",
      "web: { type: http }"),
  BAD_OPTION(
      3002,
      "An option's value cannot be read",
      "Each option has a kind, as a number, a duration or a size, and the text is none.",
      "Write it as the message says.",
      "timeout: 5 seconds",
      "timeout: 5s"),
  OPERATION_REFUSED(
      3003,
      "An operation that its system cannot make",
      "The adapter looked at the options and found them wrong or not enough.",
      "Write it as the message says.",
      "get_order: { get: \"/orders/{id}\" }",
      "get_order: { get: \"/orders/{id}\", path: { id: uuid } }"),
  DESCRIBE_FAILED(
      3004,
      "A system that cannot describe itself",
      "`check` asks a worker for the names and types of its functions, and it gave no answer.",
      "Correct what the message names, or use --offline to check without running user code.",
      "pricing: { type: python, path: ./pricing.py }   # with a syntax error",
      "pricing: { type: python, path: ./pricing.py }"),
  DESCRIBE_CONFLICT(
      3005,
      "The declaration and the system disagree",
      "What `operations:` says of a function is compared with what the function says of itself.",
      "Change one of the two.",
      "quote: { returns: string }   # the function returns a record",
      "quote: { returns: Quote }"),
  NOT_DESCRIBED(
      3006,
      "An operation that the system does not have",
      "`operations:` names a function that the worker does not offer.",
      "Correct the name, or write the function.",
      "operations: { qoute: { effect: reads } }",
      "operations: { quote: { effect: reads } }"),
  OFFLINE_ANY(
      3007,
      "Types of functions are not known offline",
      "Without running user code, a function that `operations:` does not declare takes "
          + "and gives `any`.",
      "Declare it, or check without --offline.",
      "pricing: { type: python, path: ./pricing.py }",
      "pricing: { type: python, path: ./pricing.py, operations: { quote: "
          + "{ params: { items: list(Item) }, returns: Quote } } }"),
  ENVIRONMENT_MISSING(
      3008,
      "An environment variable is not set",
      "`${NAME}` and `env.NAME` must have a value when the definition is loaded.",
      "Set the variable, or give an alternative.",
      "listen: ${PORT}",
      "listen: \"${env.?PORT.orValue('8080')}\""),
  ENVIRONMENT_VALUE(
      3009,
      "An environment variable has a value of the wrong kind",
      "The value is read as the option's kind; it can never change the structure of "
          + "the definition.",
      "Set the variable to a value of the kind.",
      "listen: ${PORT}   # PORT=http",
      "listen: ${PORT}   # PORT=8080"),
  CONFIGURATION_MARKER(
      3010,
      "An expression that cannot stand in configuration",
      "Options are read once, when the definition is loaded: only environment "
          + "variables and secrets are known then.",
      "Use ${NAME}, ${env.NAME}, ${env.?NAME.orValue('…')} or ${secret.name}; what "
          + "depends on the message belongs into `with`.",
      "connection: ${input.db}",
      "connection: ${ORDER_DB}"),

  UNKNOWN_SYSTEM(
      4001,
      "A system that nobody declares",
      "The name before the dot is not among `systems:`.",
      "Correct the name, or declare the system as the message shows.",
      "from: web_frontend.get_orders",
      "systems:\n  web_frontend: { type: http, operations: { get_orders: { get: /get_orders } } }"),
  UNKNOWN_OPERATION(
      4002,
      "An operation that its system does not have",
      "The name after the dot is neither declared nor described by the system.",
      "Correct the name, or declare the operation as the message shows.",
      "to: order_db.query_orders",
      "order_db:\n  operations:\n    query_orders: { sql: select * from orders }"),
  UNKNOWN_TARGET(
      4003,
      "Neither a pipeline nor an operation",
      "`to` and `system` take `system.operation` or the name of a pipeline.",
      "Correct the name.",
      "to: place_oder",
      "to: place_order"),
  NOT_A_SOURCE(
      4004,
      "This emits nothing",
      "`from` takes an operation that receives: of HTTP, a broker, a timer, a file. A "
          + "function or a query is called.",
      "Put an operation that receives in front, as the message shows.",
      "from: user_service.create_user",
      "from: web.create_user   # an http operation"),
  NOT_CALLABLE(
      4005,
      "This cannot be called",
      "`to` and `system` take an operation that is called; this one receives.",
      "Name an operation that is called, or a pipeline.",
      "to: web.create_order",
      "to: db.save_order"),
  BARE_ROUTE_TWICE(
      4006,
      "Two routes without `when` from one operation",
      "The first takes every message, so the second never gets one.",
      "Give the first a `when`, or remove one.",
      "- { from: web.a, to: x.y }\n- { from: web.a, to: x.z }",
      "- { from: web.a, to: x.y, when: input.big }\n- { from: web.a, to: x.z }"),
  UNREACHABLE_ROUTE(
      4007,
      "A route that never gets a message",
      "A route before it takes every message of the same operation.",
      "Move it before the route without `when`.",
      "- { from: web.a, to: x.y }\n- { from: web.a, to: x.z, when: input.big }",
      "- { from: web.a, to: x.z, when: input.big }\n- { from: web.a, to: x.y }"),
  NO_CATCH_ALL(
      4008,
      "Messages that no route takes are refused",
      "Every route from this operation has a `when`; a message for which none is true "
          + "is refused with NO_ROUTE.",
      "Add a last route without `when`, if that is not what you want.",
      "- { from: web.a, to: x.y, when: input.big }",
      "- { from: web.a, to: x.y, when: input.big }\n- { from: web.a, to: x.z }"),
  PIPELINE_CYCLE(
      4009,
      "Pipelines call each other in a circle",
      "A message would never leave it.",
      "Remove one of the calls.",
      "a: { steps: [ { system: b } ] }\nb: { steps: [ { system: a } ] }",
      "a: { steps: [ { system: b } ] }\nb: { steps: [ { set: done } ] }"),
  UNUSED_PIPELINE(
      4010,
      "A pipeline that no route leads to",
      "It never runs.",
      "Add a route, or remove it.",
      "pipelines: { process_order: … }",
      "routes:\n  - { from: web.orders, to: process_order }"),
  STEP_KIND(
      4011,
      "A step that does nothing, or two things",
      "A step has exactly one of `system`, `set` and `parallel`.",
      "Write one step for each thing to do.",
      "- { name: a, system: x.y, set: { b: 1 } }",
      "- { name: a, system: x.y }\n- { name: b, set: { b: 1 } }"),

  UNKNOWN_POLICY(
      5001,
      "A policy that nobody declares",
      "The name is not among `policies:`.",
      "Correct the name, or declare the policy.",
      "policy: retry_3",
      "policy: retry_3x"),
  POLICY_TYPE(
      5002,
      "A kind of policy that is not known",
      "`type` is one of retry, timeout and rate_limit.",
      "Correct the name.",
      "p: { type: rety, attempts: 3 }",
      "p: { type: retry, attempts: 3 }"),
  POLICY_VALUE(
      5003,
      "A policy's value is out of its bounds",
      "Attempts go from 1 to 100, limits from 1; times are longer than nothing.",
      "Write a value within the bounds.",
      "{ type: retry, attempts: 0 }",
      "{ type: retry, attempts: 3 }"),
  POLICY_EXTENDS(
      5004,
      "This policy cannot be extended",
      "`extends` takes the name of one policy, not of a list, and never leads back to itself.",
      "Extend a single policy.",
      "patient: { extends: public_api }   # a list",
      "patient: { extends: retry_3x }"),
  UNUSED_POLICY(
      5005,
      "A policy that is never used",
      "It guards nothing.",
      "Name it in a `policy:`, or remove it.",
      "policies: { rate_limit_api: … }",
      "routes:\n  - { from: web.a, to: b.c, policy: rate_limit_api }"),
  BAD_EFFECT(
      5101,
      "An effect that is not known",
      "`effect` says what happens when the operation runs twice: reads, idempotent, "
          + "keyed(field), transactional or once.",
      "Write one of them; the key of `keyed` is a field of the operation's input.",
      "effect: readonly",
      "effect: reads"),
  RETRY_UNKNOWN(
      5102,
      "A retry may do the same thing twice",
      "Nobody said what happens when this operation runs twice, and after a time-out "
          + "it may have run already.",
      "Declare the operation's effect, if a second run does no harm.",
      "save: { sql: insert … }",
      "save: { sql: insert … on conflict (id) do nothing, effect: keyed(id) }"),
  RETRY_ONCE(
      5103,
      "A retry of what must not run twice",
      "The operation is declared `effect: once`.",
      "Remove the retry, or make the operation idempotent and say so.",
      "charge: { effect: once }   # with policy: retry_3x",
      "charge: { effect: keyed(payment_id) }"),

  LABEL_FLOW(
      6001,
      "Sensitive data may not go there",
      "A value labelled pii or secret flows into a system without clearance for it.",
      "Leave the field out, use mask() or hash(), or give the system the clearance.",
      "notices: { type: file, path: ./outbox }",
      "notices: { type: file, path: ./outbox, clearance: [pii] }"),
  SOURCE_CLEARANCE(
      6002,
      "A source handles sensitive data without clearance",
      "What the operation receives or answers holds a label that its system has no clearance for.",
      "Give the system the clearance.",
      "web: { type: http }",
      "web: { type: http, clearance: [pii] }"),
  UNKNOWN_LABEL(
      6003,
      "A label that is not known",
      "Labels are pii and secret.",
      "Correct the name.",
      "clearance: [ppi]",
      "clearance: [pii]"),
  CLEAR_TEXT(
      6004,
      "A password in clear text",
      "The definition is kept in version control, and everybody who reads it reads the password.",
      "Read it from the environment or from a secret.",
      "connection: postgres://user:pass@localhost/db",
      "connection: ${ORDER_DB}"),
  SECRET_MISSING(
      6005,
      "A secret has no value",
      "`secret.name` reads the environment variable UNIKERNAL_SECRET_NAME, else the "
          + "file .unikernal/secrets/name.",
      "Set one of the two.",
      "password: ${secret.db_password}",
      "UNIKERNAL_SECRET_DB_PASSWORD=… unikernal run orders.udl.yaml"),

  CONNECT_UNREACHABLE(
      7001,
      "A system cannot be reached",
      "`check --connect` asks the real systems, and this one did not answer, or cannot be used "
          + "as the definition says. Nothing else is said about it.",
      "Start it, or correct its address; the message says what was tried.",
      "connection: ${ORDER_DB}   # nobody listens there",
      "connection: ${ORDER_DB}   # postgres://shop@localhost/shop, which runs"),
  CONNECT_TYPES(
      7002,
      "The database knows types that the definition does not say",
      "Without `returns` an answer is `any`: mistakes in what reads it show only when it runs.",
      "Write the types, or apply the edit.",
      "totals: { sql: select id, total from orders }",
      "totals: { sql: select id, total from orders, returns: list(Total) }"),
  DRIFT_STATEMENT(
      7101,
      "The database refuses a statement",
      "It was prepared, and the database said that it cannot work: a table or column that is not "
          + "there, or a mistake in the SQL. Nothing was run.",
      "Correct the statement, or bring the database to where the definition is.",
      "sql: select id, totl from orders",
      "sql: select id, total from orders"),
  DRIFT_COLUMNS(
      7102,
      "The columns are not those that `returns` says",
      "A required field has no column, two columns have one name, or one value is wanted and there "
          + "are several columns.",
      "Select what the type needs, with `as` where the names differ.",
      "sql: select id from orders   # returns: { id: uuid, total: decimal }",
      "sql: select id, total from orders"),
  DRIFT_COLUMN_TYPE(
      7103,
      "A column has another type than the field",
      "What the database gives is not what the definition says, so the answer would be refused.",
      "Change the field's type, or convert in the statement.",
      "returns: { total: int }   # the column is numeric(12,2)",
      "returns: { total: \"decimal(12,2)\" }"),
  DRIFT_NULL(
      7104,
      "A column may be NULL where a value must be there",
      "The table allows NULL there. A row that has one is refused when it comes.",
      "Make the field optional, or give something else in the statement.",
      "returns: { note: string }",
      "returns: { note: string? }"),
  DRIFT_PARAMETER(
      7105,
      "A parameter gets another type than the database takes",
      "The statement was prepared with the types that routes and steps give.",
      "Give the parameter what the column has, or convert in the statement.",
      "with: { id: \"${input.number}\" }   # the column is uuid",
      "with: { id: \"${input.id}\" }"),
  DRIFT_SIGNATURE(
      7106,
      "A function that runs is not the one that was checked",
      "The worker was started, and said other types than the definition was checked against.",
      "Change what calls it, or the function.",
      "returns: int   # the function returns string",
      "returns: string"),
  DRIFT_MISSING(
      7107,
      "An operation is not there",
      "The system runs, and does not have the operation.",
      "Correct the name, or add it to the system.",
      "to: pricing.quot",
      "to: pricing.quote"),

  NOT_YET(
      9001,
      "Not available yet",
      "The language knows this, and this version does not run it. It is refused rather "
          + "than ignored.",
      "Leave it out for now.",
      "to: { choose: [eu.price, us.price] }",
      "to: eu.price");

  private final int number;
  private final String title;
  private final String why;
  private final String fix;
  private final String before;
  private final String after;

  Code(int number, String title, String why, String fix, String before, String after) {
    this.number = number;
    this.title = title;
    this.why = why;
    this.fix = fix;
    this.before = before;
    this.after = after;
  }

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

  /** A headline that fits every case. */
  public String title() {
    return title;
  }

  public String why() {
    return why;
  }

  public String fix() {
    return fix;
  }

  /** A fragment that gives the diagnostic. */
  public String before() {
    return before;
  }

  /** The same fragment as it should be. */
  public String after() {
    return after;
  }
}
