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
    return Functions.all().stream()
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
    assertThat(Functions.all())
        .allSatisfy(function -> {
          assertThat(function.meaning()).endsWith(".");
          assertThat(function.signatures()).isNotEmpty().allMatch(s -> s.contains(" -> "));
        });
  }

  @Test
  void noHiddenFunctionIsInTheReference() {
    assertThat(Functions.all().stream().map(Function::name).toList())
        .noneMatch(name -> name.startsWith("@") || name.startsWith("cel."))
        .containsAll(List.of("+", "size", "round", "mask"));
  }
}
