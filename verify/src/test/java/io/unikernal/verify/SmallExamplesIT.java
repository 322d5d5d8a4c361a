package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples that show one side of the language each, as black boxes over HTTP. */
class SmallExamplesIT {
  @TempDir private Path folder;

  @Test
  void aGatewayTakesEachMessageAsItsRouteSays() throws Exception {
    Path example = play("04-gateways", 13);
    long north = Files.readAllLines(example.resolve("outbox/north.jsonl")).size();
    long south = Files.readAllLines(example.resolve("outbox/south.jsonl")).size();
    // Each message once, the one for everyone twice; of a race both may have been sent.
    assertThat(north + south).isBetween(14L, 15L);
  }

  @Test
  void aShipmentIsPackedAfterItsReceipt() throws Exception {
    Path example = play("05-shipping", 5);
    assertThat(Files.readAllLines(example.resolve("outbox/by_hand.jsonl")))
        .hasSize(2)
        .anyMatch(it -> it.contains("letter to DE"))
        .anyMatch(it -> it.contains("freight to FR"));
    assertThat(Files.readAllLines(example.resolve("outbox/told.jsonl"))).hasSize(1);
    assertThat(Files.readAllLines(example.resolve("outbox/reserved.jsonl"))).hasSize(3);
    assertThat(example.resolve("outbox/released.jsonl")).doesNotExist();
  }

  @Test
  void aMessageOfEachTypeIsTakenAndWhatIsWrongIsNamed() throws Exception {
    play("08-types", 2);
  }

  @Test
  void anOrderIsTakenOverWhileNobodyIsAtTheWarehouse() throws Exception {
    Path example = play("10-durable", 3);
    assertThat(Files.readAllLines(example.resolve("outbox/cancelled.jsonl"))).hasSize(1);
    assertThat(Files.readAllLines(example.resolve("outbox/visits.jsonl"))).hasSize(1);
    assertThat(example.resolve(".unikernal/state.db")).isRegularFile();
  }

  private Path play(String name, int exchanges) throws Exception {
    Path example = Definitions.example(name, folder);
    try (var program = RunningProgram.run(folder, example)) {
      assertThat(new Exchanges(program.url()).play(example.resolve("exchanges.yaml")))
          .isEqualTo(exchanges);
      assertThat(program.interrupt()).isZero(); // it drains: what goes on after a reply is done
      assertThat(program.output()).contains("balanced").doesNotContain("DOES NOT BALANCE");
    }
    return example;
  }
}
