package io.unikernal.adapter.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.adapter.Bench;
import io.unikernal.model.Effect;
import io.unikernal.model.Fault;
import io.unikernal.model.Outcome;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class FileAdapterTest {
  @TempDir Path folder;
  private final Bench bench = new Bench(new FileAdapter());
  private Path root;
  private OpenSystem system;

  @BeforeEach
  void begin() throws Exception {
    root = folder.resolve("made/outbox");
    system = open();
  }

  @AfterEach
  void end() {
    system.close();
  }

  private OpenSystem open() throws Exception {
    return bench.open(folder, Bench.config(FileAdapter.PATH, root));
  }

  private Endpoint.Target target(Object... options) {
    return (Endpoint.Target) bench.bind(system, "op", options);
  }

  private Value call(Value input, Object... options) throws InterruptedException {
    return ((Endpoint.Duplex) bench.bind(system, "op", options)).call(Bench.message(input)).body();
  }

  private static Outcome send(Endpoint.Target target, Value value) throws InterruptedException {
    return target.send(List.of(Bench.message(value))).getFirst();
  }

  private static Fault fault(Outcome outcome) {
    return ((Outcome.Failed) outcome).fault();
  }

  @Test
  void eachMessageIsAppendedAsOneLine() throws Exception {
    var target = target(FileAdapter.APPEND, "logs/placed.jsonl");
    assertThat(send(target, Bench.dict("id", 1, "text", "a\nb"))).isEqualTo(Outcome.Done.NONE);
    send(target, Bench.dict("total", Value.decimal("0.10")));
    assertThat(root.resolve("logs/placed.jsonl"))
        .hasContent("{\"id\":1,\"text\":\"a\\nb\"}\n{\"total\":0.10}\n");
  }

  @Test
  void aLineThatACrashCutOffDoesNotSpoilTheNext() throws Exception {
    Files.writeString(root.resolve("a.jsonl"), "{\"id\":1}\n{\"i");
    send(target(FileAdapter.APPEND, "a.jsonl"), Bench.dict("id", 2));
    assertThat(Files.readString(root.resolve("a.jsonl")))
        .isEqualTo("{\"id\":1}\n{\"i\n{\"id\":2}\n");
  }

  @Test
  void aFileThatIsRotatedAwayIsMadeAgain() throws Exception {
    var target = target(FileAdapter.APPEND, "a.jsonl");
    send(target, Value.integer(1));
    Files.move(root.resolve("a.jsonl"), root.resolve("a.1"));
    send(target, Value.integer(2));
    assertThat(Files.readString(root.resolve("a.jsonl"))).isEqualTo("2\n");
  }

  @Test
  void threadsThatAppendAtOnceKeepTheirLinesWhole() throws Exception {
    var one = target(FileAdapter.APPEND, "a.jsonl");
    var other = target(FileAdapter.APPEND, "a.jsonl");
    var work = new ArrayList<Callable<Outcome>>();
    for (int i = 0; i < 200; i++) {
      int number = i;
      work.add(() ->
          send(number % 2 == 0 ? one : other, Bench.dict("n", number, "pad", "x".repeat(5000))));
    }
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (var future : threads.invokeAll(work)) {
        assertThat(future.get()).isEqualTo(Outcome.Done.NONE);
      }
    }
    var lines = call(Value.Dict.EMPTY, FileAdapter.READ, "a.jsonl");
    assertThat(((Value.Items) lines).items()).hasSize(200);
  }

  @Test
  void aWrittenFileIsReadBackByItsNameFromTheMessage() throws Exception {
    var id = new Value.Uuid(UUID.randomUUID());
    var order = Bench.dict("id", id, "total", Value.decimal("19.90"));
    assertThat(send(target(FileAdapter.WRITE, "orders/{id}.json"), order))
        .isEqualTo(Outcome.Done.NONE);
    var type =
        new Type.Maybe(
            new Type.Record(
                "Order",
                List.of(
                    Type.Field.of("id", Type.Simple.UUID),
                    Type.Field.of("total", new Type.Decimal(12, 2)))));
    var read =
        call(Bench.dict("id", id), FileAdapter.READ, "orders/{id}.json", FileAdapter.RETURNS, type);
    assertThat(((Rec) read).get("total")).isEqualTo(Value.decimal("19.90"));
    assertThat(((Rec) read).get("id")).isEqualTo(id);
    var none = Bench.dict("id", new Value.Uuid(UUID.randomUUID()));
    assertThat(call(none, FileAdapter.READ, "orders/{id}.json", FileAdapter.RETURNS, type))
        .isEqualTo(Value.Absent.ABSENT);
    assertThatThrownBy(() -> call(none, FileAdapter.READ, "orders/{id}.json"))
        .hasMessageContaining("NOT_FOUND");
    try (var files = Files.list(root.resolve("orders"))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void textAndBytesAreWrittenAsTheyAre() throws Exception {
    send(target(FileAdapter.WRITE, "a.txt"), Value.text("grüße\n"));
    assertThat(call(Value.Dict.EMPTY, FileAdapter.READ, "a.txt")).isEqualTo(Value.text("grüße\n"));
    var bytes = new Value.Bytes(new byte[] {-1, 0, 7});
    send(target(FileAdapter.WRITE, "a.bin"), bytes);
    assertThat(
            call(
                Value.Dict.EMPTY,
                FileAdapter.READ,
                "a.bin",
                FileAdapter.RETURNS,
                Type.Bytes.class.cast(new Type.Bytes(Type.Range.ALL))))
        .isEqualTo(bytes);
    assertThatThrownBy(() -> call(Value.Dict.EMPTY, FileAdapter.READ, "a.bin"))
        .hasMessageContaining("MALFORMED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x", "a/b", "..", ".hidden", "", "a\0b", "-rf", "/etc/passwd", "a\\b", "\n"})
  void aNameFromAMessageCannotLeaveTheFolder(String name) throws Exception {
    var outcome = send(target(FileAdapter.WRITE, "{name}.txt"), Bench.dict("name", name));
    assertThat(fault(outcome).code()).isEqualTo(Fault.Code.INVALID);
    assertThatThrownBy(() -> call(Bench.dict("name", name), FileAdapter.READ, "{name}.txt"))
        .hasMessageContaining("INVALID");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/x", "../x", "a/../../x", "", "~/x"})
  void anAuthorsPathOutsideIsRefusedByTheChecker(String path) {
    for (var form : FileRule.FORMS) {
      assertThat(bench.shape("op", form, path)).isInstanceOf(Result.Refused.class);
    }
  }

  @Test
  void linksAreNotFollowedOutOfTheFolder() throws Exception {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("secret.txt"), "secret");
    Files.createSymbolicLink(root.resolve("dir"), outside);
    Files.createSymbolicLink(root.resolve("link.txt"), outside.resolve("secret.txt"));
    Files.createSymbolicLink(root.resolve("dangling.jsonl"), outside.resolve("new.jsonl"));
    for (String name : List.of("dir/secret.txt", "link.txt")) {
      assertThatThrownBy(() -> call(Value.Dict.EMPTY, FileAdapter.READ, name))
          .hasMessageContaining("FORBIDDEN");
      assertThat(fault(send(target(FileAdapter.WRITE, name), Value.text("x"))).code())
          .isEqualTo(Fault.Code.FORBIDDEN);
    }
    assertThat(fault(send(target(FileAdapter.APPEND, "dangling.jsonl"), Value.text("x"))).code())
        .isEqualTo(Fault.Code.FORBIDDEN);
    assertThat(outside.resolve("secret.txt")).hasContent("secret");
    assertThat(outside.resolve("new.jsonl")).doesNotExist();
    assertThat(((Value.Items) call(Value.Dict.EMPTY, FileAdapter.LIST, "**")).items()).isEmpty();
  }

  @Test
  void theFilesThatFitAreListed() throws Exception {
    Files.createDirectories(root.resolve("in"));
    Files.writeString(root.resolve("in/b.json"), "{}");
    Files.writeString(root.resolve("in/a.json"), "[1]");
    Files.writeString(root.resolve("in/a.txt"), "");
    Files.writeString(root.resolve("in/.a.json"), "");
    var items = ((Value.Items) call(Value.Dict.EMPTY, FileAdapter.LIST, "in/*.json")).items();
    assertThat(items).hasSize(2);
    assertThat(((Rec) items.getFirst()).get("name")).isEqualTo(Value.text("in/a.json"));
    assertThat(((Rec) items.getFirst()).get("size")).isEqualTo(Value.integer(3));
  }

  @Test
  void theRuleKnowsEachForm() {
    var append = (Result.Shaped) bench.shape("op", FileAdapter.APPEND, "a.jsonl");
    assertThat(append.effect()).isEqualTo(Effect.UNKNOWN);
    assertThat(append.input()).isEqualTo(Type.Simple.ANY);
    assertThat(
            ((Result.Shaped) bench.shape("op", FileAdapter.WRITE, "{id}")).effect().isRepeatable())
        .isTrue();
    assertThat(((Result.Shaped) bench.shape("op", FileAdapter.READ, "{id}")).effect())
        .isEqualTo(Effect.READS);
    assertThat(bench.shape("op")).isInstanceOf(Result.Refused.class);
    assertThat(bench.shape("op", FileAdapter.READ, "a", FileAdapter.APPEND, "b"))
        .isInstanceOf(Result.Refused.class);
    assertThat(bench.shape("op", FileAdapter.READ, "a", FileAdapter.EVERY, Duration.ofSeconds(1)))
        .isInstanceOf(Result.Refused.class);
    assertThat(bench.shape("op", FileAdapter.APPEND, "{id}.jsonl"))
        .isInstanceOf(Result.Refused.class);
    assertThat(bench.shape("op", FileAdapter.LIST, "[a")).isInstanceOf(Result.Refused.class);
    assertThat(
            bench.shape(
                "op",
                FileAdapter.WRITE,
                "{idd}",
                FileAdapter.ACCEPTS,
                new Type.Record("A", List.of(Type.Field.of("id", Type.Simple.UUID)))))
        .isInstanceOf(Result.Refused.class);
  }

  private Endpoint.PullSource watch(Object... more) {
    var options =
        new ArrayList<Object>(
            List.of(FileAdapter.WATCH, "*.json", FileAdapter.EVERY, Duration.ofMillis(30)));
    options.addAll(List.of(more));
    return (Endpoint.PullSource) bench.bind(system, "inbox", options.toArray());
  }

  /** What comes within a while. */
  private List<Delivery> within(Endpoint.PullSource source, long millis) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var future = threads.submit(() -> source.receive(10));
      try {
        return future.get(millis, TimeUnit.MILLISECONDS);
      } catch (java.util.concurrent.TimeoutException _) {
        future.cancel(true);
        return List.of();
      }
    }
  }

  @Test
  void aNewFileIsAMessageOnceAndStaysSoAfterARestart() throws Exception {
    Files.writeString(root.resolve("a.json"), "{\"n\":1}");
    var deliveries = watch().receive(10);
    assertThat(deliveries).hasSize(1);
    assertThat(deliveries.getFirst().message().headers()).containsEntry("file", "a.json");
    assertThat(deliveries.getFirst().message().body().value()).isEqualTo(Bench.dict("n", 1));
    deliveries.getFirst().settle(Outcome.Done.NONE);
    system.close();
    system = open();
    var again = watch();
    assertThat(within(again, 300)).isEmpty();
    Files.writeString(root.resolve("a.json"), "{\"n\":12}");
    assertThat(within(again, 2000)).hasSize(1);
  }

  @Test
  void aFileThatWasNotSettledComesAgainAfterARestart() throws Exception {
    Files.writeString(root.resolve("a.json"), "{}");
    assertThat(watch().receive(10)).hasSize(1);
    system.close();
    system = open();
    assertThat(within(watch(), 2000)).hasSize(1);
  }

  @Test
  void aFileThatFailedComesAgain() throws Exception {
    Files.writeString(root.resolve("a.json"), "{}");
    var source = watch();
    source.receive(10).getFirst().settle(new Outcome.Failed(Fault.of(Fault.Code.OVERLOADED, "x")));
    assertThat(within(source, 2000)).hasSize(1);
  }

  @Test
  void aFileThatStillGrowsWaits() throws Exception {
    Path file = root.resolve("a.json");
    var source = watch(FileAdapter.EVERY, Duration.ofMillis(100));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var future = threads.submit(() -> source.receive(10));
      for (int i = 0; i < 20; i++) {
        Files.writeString(file, " ".repeat(i) + "1");
        Thread.sleep(20);
      }
      var body = future.get().getFirst().message().body().value();
      assertThat(body).isEqualTo(Value.integer(1));
      assertThat(Files.size(file)).isEqualTo(20);
    }
  }

  @Test
  void aFileThatIsDoneIsMovedOrDeleted() throws Exception {
    Files.writeString(root.resolve("a.json"), "{}");
    watch(FileAdapter.AFTER, "move").receive(10).getFirst().settle(Outcome.Done.NONE);
    assertThat(root.resolve("a.json")).doesNotExist();
    assertThat(root.resolve("done/a.json")).exists();
    Files.writeString(root.resolve("b.json"), "{}");
    watch(FileAdapter.AFTER, "delete").receive(10).getFirst().settle(new Outcome.Dropped("test"));
    assertThat(root.resolve("b.json")).doesNotExist();
  }

  @Test
  void aFileThatIsNoJsonFailsWhenItIsRead() throws Exception {
    Files.writeString(root.resolve("a.json"), "{oops");
    var delivery = watch().receive(10).getFirst();
    assertThatThrownBy(() -> delivery.message().body().value()).hasMessageContaining("MALFORMED");
  }

  @Test
  void closingEndsTheWatch() throws Exception {
    var source = watch(FileAdapter.EVERY, Duration.ofHours(1));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var future = threads.submit(() -> source.receive(10));
      Thread.sleep(100);
      system.close();
      system.close();
      assertThat(future.get()).isEmpty();
    }
  }

  @Test
  void aFolderThatGoesAwayIsDownAndMadeAgainByWriting() throws Exception {
    assertThat(system.probe()).isEqualTo(Health.UP);
    Files.delete(root);
    assertThat(system.probe()).isInstanceOf(Health.Down.class);
    assertThat(send(target(FileAdapter.APPEND, "a.jsonl"), Value.integer(1)))
        .isEqualTo(Outcome.Done.NONE);
  }

  @Test
  void aFullDiskAndAFolderInTheWayAreFaultsWithReasons() throws Exception {
    Files.createDirectories(root.resolve("dir.txt"));
    assertThat(fault(send(target(FileAdapter.APPEND, "dir.txt"), Value.integer(1))).code())
        .isEqualTo(Fault.Code.REJECTED);
    assertThat(FileFaults.of(new java.io.IOException("No space left on device"), "a").code())
        .isEqualTo(Fault.Code.OVERLOADED);
    assertThat(FileFaults.of(new java.nio.file.AccessDeniedException("/x/a"), "a").hint())
        .contains("permissions");
  }

  @Test
  void aFolderThatCannotBeMadeIsSaidSo() throws Exception {
    root = Files.writeString(folder.resolve("file"), "").resolve("x");
    assertThatThrownBy(this::open).hasMessageContaining("`x`");
  }
}
