package io.unikernal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Ledger;
import io.unikernal.kernel.Status;
import io.unikernal.model.Fault;
import io.unikernal.model.Route.Guarantee;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  @TempDir private Path folder;

  @Test
  void exitCodesTellUsageFromSuccess() {
    assertThat(Main.execute("version")).isEqualTo(ExitCode.OK);
    assertThat(Main.execute("version", "--nope")).isEqualTo(ExitCode.USAGE);
    assertThat(Main.execute("explain", "UDL-4002")).isEqualTo(ExitCode.OK);
    assertThat(Main.execute("explain", "UDL-0")).isEqualTo(ExitCode.USAGE);
    assertThat(Main.execute()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aNewDefinitionHasNoFindings() {
    Path made = folder.resolve("hello");
    assertThat(Main.execute("init", made.toString())).isEqualTo(ExitCode.OK);
    assertThat(Main.execute("check", "--strict", "--offline", made.toString()))
        .as("offline: the functions' types are not known, which is a warning")
        .isEqualTo(ExitCode.FINDINGS);
    assertThat(Main.execute("check", "--offline", made.toString())).isEqualTo(ExitCode.OK);
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(VersionCommand.version()).matches("\\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void aTablePadsItsColumnsAndNothingAfterTheLast() {
    assertThat(Output.table(List.of(List.of("a", "bb"), List.of("ccc", "d"))).lines())
        .containsExactly("  a    bb", "  ccc  d");
  }

  @Test
  void aLedgerThatDoesNotBalanceSaysSo() {
    var guarantee = new Guarantee(Guarantee.Level.AT_MOST_ONCE, false, "");
    var lost = new Status.RouteStatus("a -> b", guarantee, new Ledger.Counts(2, 1, 0, 0, 0, 0));
    var status = new Status(List.of(), List.of(lost));
    assertThat(status.isBalanced()).isFalse();
    assertThat(Output.ledger(status)).contains("DOES NOT BALANCE");
  }

  @Test
  void aFaultIsShownWithEveryViolationAndItsHint() {
    var fault =
        Fault.invalid(
            "the input does not fit",
            List.of(new Fault.Violation("qty", "int(1..9)", "must be from 1 to 9")));
    assertThat(Output.fault(fault).lines())
        .containsExactly("error[invalid]: the input does not fit", "  qty: must be from 1 to 9");
    assertThat(Output.fault(Fault.of(Fault.Code.TIMEOUT, "late", "wait"))).endsWith("= try: wait");
  }
}
