package io.unikernal.expr;

import java.util.List;

/**
 * What the language reference says about one function or operator.
 *
 * @param name as it is called, as {@code round}, {@code +} or {@code optional.of}
 * @param signatures each as {@code round(decimal, int) -> decimal}; upper-case letters stand for
 *     any type
 * @param meaning one sentence
 * @param example an expression without variables, run by a test
 * @param result what the example gives, as an expression
 */
public record Function(
    String name, List<String> signatures, String meaning, String example, String result) {
  public Function {
    signatures = List.copyOf(signatures);
  }
}
