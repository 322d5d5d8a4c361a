package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class FunctionsTest {
  @TestFactory
  Stream<DynamicTest> theExampleOfEachFunctionGivesWhatTheReferenceSays() {
    return Functions.documented().stream()
        .map(function ->
            dynamicTest(
                function.name() + ": " + function.example(),
                () ->
                    assertThat(
                            Equality.equal(
                                Fixture.run(function.example()), Fixture.run(function.result())))
                        .as(function.example() + " gives " + function.result())
                        .isTrue()));
  }

  @TestFactory
  Stream<DynamicTest> theExampleOfEachFunctionGivesTheSameAsBytecode() {
    return Functions.all().stream()
        .flatMap(function -> Stream.of(function.example(), function.result()))
        .map(example ->
            dynamicTest(
                example,
                () ->
                    Both.same(Fixture.cel(example), () -> Fixture.frame(Fixture.order().build()))));
  }

  @Test
  void everyFunctionHasAMeaningAndSignatures() {
    assertThat(Functions.documented())
        .allSatisfy(function -> {
          assertThat(function.meaning()).endsWith(".");
          assertThat(function.signatures()).isNotEmpty().allMatch(s -> s.contains(" -> "));
        });
  }

  @Test
  void noHiddenFunctionIsInTheReference() {
    assertThat(Functions.documented().stream().map(Function::name).toList())
        .noneMatch(name -> name.contains("@"))
        .containsAll(List.of("+", "size", "round", "mask", "has", "cel.bind", "sort_by"));
  }

  /** What the language promises, by name: none may get lost. */
  @Test
  void theReferenceHasWhatTheLanguageHas() {
    var promised =
        "size sum min max avg group_by sort_by distinct flatten zip first last mask hash hmac json"
            + " base64.encode base64.decode parse_json parse_date parse_time parse_timestamp"
            + " parse_decimal parse_int format_date format_time format_timestamp format_decimal"
            + " format_int now uuid random matches regex.replace regex.extract regex.extractAll"
            + " format strings.quote math.greatest math.least math.ceil math.round math.bitAnd"
            + " lists.range slice sort sortBy reverse sets.contains sets.equivalent"
            + " sets.intersects ip cidr decimal date time timestamp duration transformList"
            + " transformMap transformMapEntry existsOne optMap optFlatMap cel.bind";
    assertThat(Functions.documented().stream().map(Function::name).toList())
        .containsAll(List.of(promised.split(" ")));
  }
}
