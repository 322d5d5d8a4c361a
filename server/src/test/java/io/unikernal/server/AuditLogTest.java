package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Origin;
import io.unikernal.model.Principal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @TempDir private Path folder;

  private static Listener.Event.Refused refused(String why) {
    return new Listener.Event.Refused(
        "web.list",
        new Principal("ann", Set.of("b", "a")),
        "10.0.0.7:1234",
        Fault.Code.FORBIDDEN,
        why,
        "m-1",
        "0123456789abcdef0123456789abcdef",
        new Origin("shop.udl.yaml", 7, 3));
  }

  @Test
  void aRefusalIsOneLineThatItsOwnerReads() throws IOException {
    var heard = new ArrayList<Listener.Event>();
    try (var audit = new AuditLog(folder.resolve("state"), new SystemWorld(), heard::add)) {
      audit.on(refused("no\nrole \"x\""));
      audit.on(new Listener.Event.TargetLeftOut("r", "t"));
    }
    Path file = folder.resolve("state/audit.jsonl");
    assertThat(Files.readAllLines(file)).hasSize(1);
    var line = Json.read(Files.readAllBytes(file), Json.Limits.DEFAULT);
    assertThat(line.fieldText("who")).isEqualTo("ann");
    assertThat(line.fieldText("why")).isEqualTo("no\nrole \"x\"");
    assertThat(line.fieldText("place")).isEqualTo("shop.udl.yaml:7");
    assertThat(line.field("roles").toString()).contains("a").contains("b");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(heard).hasSize(2);
  }

  @Test
  void nothingIsWrittenWhereNobodyIsRefused() {
    try (var audit = new AuditLog(folder.resolve("state"), new SystemWorld(), Listener.SILENT)) {
      audit.on(new Listener.Event.TargetLeftOut("r", "t"));
    }
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void itGoesOnWhereItWasAndOldFilesHaveABound() throws IOException {
    for (int run = 0; run < 20; run++) {
      try (var audit = new AuditLog(folder, new SystemWorld(), Listener.SILENT, 1_000)) {
        for (int i = 0; i < 10; i++) {
          audit.on(refused("run " + run + " line " + i));
        }
      }
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> "" + file.getFileName()))
          .containsExactlyInAnyOrder(
              "audit.jsonl",
              "audit.1.jsonl",
              "audit.2.jsonl",
              "audit.3.jsonl",
              "audit.4.jsonl",
              "audit.5.jsonl");
    }
    var last = Files.readAllLines(folder.resolve("audit.jsonl"), StandardCharsets.UTF_8);
    assertThat(last.getLast()).contains("run 19 line 9");
    assertThat(Files.size(folder.resolve("audit.1.jsonl"))).isBetween(1_000L, 2_000L);
  }

  @Test
  void whatItCannotKeepUpWithIsCounted() throws IOException {
    // The folder cannot be made while a file has its name.
    Path taken = Files.writeString(folder.resolve("state"), "");
    try (var audit = new AuditLog(taken, new SystemWorld(), Listener.SILENT)) {
      audit.on(refused("first"));
      pause();
      Files.delete(taken);
      audit.on(refused("second"));
    }
    assertThat(Files.readString(taken.resolve("audit.jsonl")))
        .contains("second")
        .contains("\"event\":\"lost\",\"count\":1");
  }

  private static void pause() {
    try {
      Thread.sleep(600);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
