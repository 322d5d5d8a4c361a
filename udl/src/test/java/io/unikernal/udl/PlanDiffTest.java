package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.PlanDiff.Change;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanDiffTest {
  private static final String BASE =
      """
      types:
        In: { name: string, age: int? }
        Out: { id: uuid, text: string(1..80) }
      systems:
        web:
          type: http
          listen: 8080
          operations:
            make: { post: /make, body: In, returns: Out }
            list: { get: /list, returns: list(Out) }
        q: { type: memory, operations: { out: { accepts: In }, back: { receives: In } } }
      policies: { quick: { type: timeout, after: 5s } }
      routes:
        - { from: web.make, when: has(input.age), to: p, policy: quick }
        - { from: web.make, to: p2 }
        - { from: web.list, to: p3 }
        - { from: q.back, to: q.out }
      pipelines:
        p:
          input: In
          steps:
            - { name: one, system: q.out, with: "${input}" }
            - { name: two, as: Out, set: { id: "${uuid()}", text: a } }
        p2: { input: In, steps: [ { as: Out, set: { id: "${uuid()}", text: b } } ] }
        p3: { output: "${[]}" }
      """;

  @TempDir Path folder;

  @Test
  void aDefinitionHasNoDifferenceToItselfWhereverThingsStand() throws Exception {
    assertThat(changes(BASE)).isEmpty();
    assertThat(changes("# moved\n\n" + BASE.replace("  p3: {", "\n\n  # here\n  p3:   {")))
        .isEmpty();
  }

  @Test
  void anAddressNeedsDrainAndRestart() throws Exception {
    assertThat(changes(BASE.replace("listen: 8080", "listen: 9090")))
        .containsExactly(
            change("SYSTEM_OPTION", "system web", "listen: 8080 -> 9090", true, false));
  }

  @Test
  void aNewRequiredFieldBreaksCallersAndAnOptionalOneDoesNot() throws Exception {
    assertThat(rules(BASE.replace("age: int? }", "age: int?, mail: string }")))
        .containsEntry("operation web.make", "INPUT_NARROWER");
    assertThat(rules(BASE.replace("age: int? }", "age: int?, mail: string? }")))
        .containsEntry("operation web.make", "INPUT_WIDER")
        .containsEntry("type In", "TYPE_CHANGED");
  }

  @Test
  void aFieldThatIsKnownNoMoreAndACloserConstraintBreakCallers() throws Exception {
    String without =
        BASE.replace(", age: int? }", " }")
            .replace("when: has(input.age), ", "when: input.name != '', ");
    assertThat(rules(without)).containsEntry("operation web.make", "INPUT_NARROWER");
    assertThat(rules(BASE.replace("In: { name: string,", "In: { name: string(1..9),")))
        .containsEntry("operation web.make", "INPUT_NARROWER");
  }

  @Test
  void answersMayGetNarrowerButNotWider() throws Exception {
    assertThat(rules(BASE.replace("text: string(1..80)", "text: string(1..20)")))
        .containsEntry("operation web.make", "OUTPUT_NARROWER")
        .containsEntry("operation web.list", "OUTPUT_NARROWER");
    assertThat(rules(BASE.replace("text: string(1..80)", "text: string(1..99)")))
        .containsEntry("operation web.make", "OUTPUT_WIDER");
    assertThat(rules(BASE.replace("text: string(1..80)", "text: string?")))
        .containsEntry("operation web.make", "OUTPUT_WIDER");
  }

  @Test
  void systemsRoutesAndPipelinesComeAndGo() throws Exception {
    String gone =
        BASE.replace("    - { from: web.list, to: p3 }\n".substring(2), "")
            .replace("  p3: { output: \"${[]}\" }\n", "");
    assertThat(rules(gone))
        .containsEntry("route web.list -> p3", "ROUTE_REMOVED")
        .containsEntry("pipeline p3", "PIPELINE_REMOVED");
    assertThat(rules(gone, BASE))
        .containsEntry("route web.list -> p3", "ROUTE_ADDED")
        .containsEntry("pipeline p3", "PIPELINE_ADDED");
    assertThat(rules(BASE.replace("  q: {", "  t: { type: timer }\n  q: {")))
        .containsExactly(Map.entry("system t", "SYSTEM_ADDED"));
  }

  @Test
  void anOperationThatReceivesMayNotGo() throws Exception {
    String gone =
        BASE.replace("      list: { get: /list, returns: list(Out) }\n", "")
            .replace("  - { from: web.list, to: p3 }\n", "");
    assertThat(gone).isNotEqualTo(BASE);
    assertThat(changes(gone))
        .contains(change("SOURCE_REMOVED", "operation web.list", "", true, true));
  }

  @Test
  void stepsConditionsPoliciesAndOrderAreSeen() throws Exception {
    assertThat(changes(BASE.replace("text: a }", "text: c }").replace("name: one", "name: uno")))
        .extracting(Change::detail)
        .containsExactly("step `one` is gone, step `uno` is new, step `two` is other");
    assertThat(rules(BASE.replace("after: 5s", "after: 6s")))
        .containsExactly(Map.entry("route web.make -> p", "ROUTE_POLICY"));
    assertThat(
            rules(
                BASE.replace("has(input.age)", "!has(input.age)")
                    .replace("when: !has(input.age),", "when: \"!has(input.age)\",")))
        .containsExactly(Map.entry("route web.make -> p", "ROUTE_WHEN"));
  }

  @Test
  void aGuaranteeThatGetsWeakerIsBreaking() throws Exception {
    String retried =
        BASE.replace("to: q.out }", "to: q.out, policy: { type: retry, attempts: 2 } }");
    assertThat(changes(retried))
        .extracting(Change::rule, Change::isBreaking)
        .contains(org.assertj.core.groups.Tuple.tuple("GUARANTEE_STRONGER", false));
    assertThat(PlanDiff.between(plan(retried), plan(BASE)))
        .extracting(Change::rule, Change::isBreaking)
        .contains(org.assertj.core.groups.Tuple.tuple("GUARANTEE_WEAKER", true));
  }

  @Test
  void functionsAreSeenAlthoughThePlanHoldsOnlyTheirCalls() throws Exception {
    String called =
        BASE.replace("text: a }", "text: \"${twice(input.name)}\" }")
            + "functions:\n  twice: { params: { a: string }, value: \"${a + a}\" }\n";
    assertThat(rules(BASE, called)).containsEntry("function twice", "FUNCTION_ADDED");
    assertThat(rules(called, BASE)).containsEntry("function twice", "FUNCTION_REMOVED");
    assertThat(PlanDiff.between(plan(called), plan(called.replace("a + a", "a + '+' + a"))))
        .containsExactly(change("FUNCTION_CHANGED", "function twice", "value", false, false));
    assertThat(
            PlanDiff.between(
                plan(called), plan(called.replace("{ a: string }", "{ a: string(..50) }"))))
        .extracting(Change::what, Change::detail)
        .contains(
            org.assertj.core.groups.Tuple.tuple(
                "function twice",
                "twice(a: string) -> string becomes twice(a: string(..50)) -> string"));
    assertThat(PlanDiff.between(plan(called), plan(called.replace("value: \"", "value:  \""))))
        .isEmpty();
  }

  @Test
  void typesThatNothingUsesYetAndTextsForPeopleAreSeen() throws Exception {
    String more = BASE.replace("types:\n", "types:\n  Sku: string(1..9)\n");
    assertThat(rules(BASE, more)).containsExactly(Map.entry("type Sku", "TYPE_ADDED"));
    assertThat(rules(more, more.replace("1..9", "1..8")))
        .containsExactly(Map.entry("type Sku", "TYPE_CHANGED"));
    String said =
        BASE.replace("p3: {", "p3: { doc: Nothing yet.,")
            .replace("{ from: web.list,", "{ from: web.list, doc: All.,")
            .replace("- { name: one,", "- { name: one, doc: First.,")
            .replace("{ type: memory,", "{ type: memory, doc: A queue.,");
    assertThat(rules(BASE, said))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "doc of pipeline p3", "DOC",
                "doc of route from web.list", "DOC",
                "doc of pipeline p one", "DOC",
                "doc of system q", "DOC"));
    assertThat(rules(said, said.replace("All.", "Everything.")))
        .containsExactly(Map.entry("doc of route from web.list", "DOC"));
  }

  @Test
  void aSecretThatChangesIsSeenAndNotShown() throws Exception {
    String text = "systems:\n  pg: { type: postgres, connection: x, password: \"${P}\" }\n";
    Path file = Files.writeString(folder.resolve("s.udl.yaml"), text);
    var changes =
        PlanDiff.between(
            compile(file, Map.of("P", "hunter1")), compile(file, Map.of("P", "hunter2")));
    assertThat(changes)
        .containsExactly(change("SYSTEM_OPTION", "system pg", "password: *** -> ***", true, false));
    assertThat(PlanDiff.text(changes) + PlanDiff.json(changes)).doesNotContain("hunter");
  }

  @Test
  void otherKeysOfTheStateNeedARestartAndAreNotShown() throws Exception {
    Path file = folder.resolve("a.udl.yaml");
    String sealed = BASE + "defaults: { state: { key: \"${secret.k}\", old_keys: [%s] } }\n";
    var one = Map.of("UNIKERNAL_SECRET_K", "hunter1".repeat(5));
    var two =
        Map.of("UNIKERNAL_SECRET_K", "hunter2".repeat(5), "UNIKERNAL_SECRET_O", "o".repeat(40));
    Compilation clear = compile(Files.writeString(file, BASE), one);
    Compilation first = compile(Files.writeString(file, sealed.formatted("")), one);
    Compilation other = compile(file, two);
    Compilation old = compile(Files.writeString(file, sealed.formatted("\"${secret.o}\"")), two);
    assertThat(PlanDiff.between(clear, first))
        .containsExactly(change("STATE_KEYS", "state", "in clear -> sealed", true, false));
    assertThat(PlanDiff.between(first, other))
        .containsExactly(change("STATE_KEYS", "state", "sealed, by other keys", true, false));
    assertThat(PlanDiff.between(other, old))
        .containsExactly(
            change("STATE_KEYS", "state", "sealed -> sealed (1 old key)", true, false));
    assertThat(PlanDiff.text(PlanDiff.between(first, other))).doesNotContain("hunter");
  }

  @Test
  void twoCopiesOfOneFolderAreTheSame() throws Exception {
    String text = "systems:\n  f: { type: file, path: ./out, operations: { a: { append: x } } }\n";
    Path one = Files.createDirectories(folder.resolve("one")).resolve("a.udl");
    Path two = Files.createDirectories(folder.resolve("two")).resolve("a.udl");
    Files.writeString(one, text);
    Files.writeString(two, text);
    assertThat(PlanDiff.between(compile(one, Map.of()), compile(two, Map.of()))).isEmpty();
  }

  /** Every rule's text is in the table, so that the reference has it. */
  @Test
  void theTableOfRulesIsWhole() {
    for (ChangeRule rule : ChangeRule.values()) {
      assertThat(PlanDiff.rules()).contains("`" + rule + "`").contains(rule.why());
    }
  }

  private static Change change(
      String rule, String what, String detail, boolean needsDrain, boolean isBreaking) {
    ChangeRule found = ChangeRule.valueOf(rule);
    var how = rule.endsWith("REMOVED") ? PlanDiff.How.REMOVED : PlanDiff.How.CHANGED;
    return new Change(rule, how, what, detail, needsDrain, isBreaking, found.why());
  }

  private Map<String, String> rules(String after) throws Exception {
    return rules(BASE, after);
  }

  private Map<String, String> rules(String before, String after) throws Exception {
    var rules = new java.util.TreeMap<String, String>();
    PlanDiff.between(plan(before), plan(after)).forEach(c -> rules.put(c.what(), c.rule()));
    return rules;
  }

  private List<Change> changes(String after) throws Exception {
    return PlanDiff.between(plan(BASE), plan(after));
  }

  private Compilation plan(String text) throws Exception {
    return compile(Files.writeString(folder.resolve("a.udl.yaml"), text), Map.of());
  }

  private static Compilation compile(Path file, Map<String, String> environment) throws Exception {
    Compilation compilation =
        UdlCompiler.compile(file, Fakes.all(), new UdlCompiler.Options(environment, false));
    assertThat(compilation.plan()).as(compilation.rendered().text(false)).isPresent();
    return compilation;
  }
}
