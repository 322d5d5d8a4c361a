package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Status;
import io.unikernal.kernel.execute.Shadow;
import io.unikernal.kernel.routing.Statistics;
import io.unikernal.model.Json;
import io.unikernal.model.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ControlWordsTest {
  @Test
  void statusTellsOfMembersChoicesAndWhatIsHeld() {
    var report =
        new Statistics.Report(
            12,
            3,
            Duration.ofMillis(10),
            Duration.ofMillis(20),
            Duration.ofNanos(30_500_000),
            1,
            0.5,
            Duration.ofSeconds(4),
            false);
    var choice =
        new Status.ChoiceStatus(
            "choose of eu.price, us.price",
            new Origin("a.udl.yaml", 3, 5),
            40,
            4,
            2,
            Optional.of(new Status.ShadowStatus("next.price", new Shadow.Counts(5, 1, 2, 0))),
            List.of(new Status.CanaryStatus("new.price", 5, Optional.of("it is slower"))));
    var targets =
        new Status.Targets(
            List.of(new Status.MemberStatus("eu.price", report)),
            List.of(choice),
            List.of(new Status.HeldStatus("collect", 7, 9)));
    var words =
        ControlWords.status(new Status(List.of(), List.of(), List.of(), targets, List.of()));
    assertThat(new String(Json.write(words), StandardCharsets.UTF_8))
        .contains(
            "\"name\":\"eu.price\",\"calls\":12,\"errors\":3,\"p50_ms\":10.0,\"p95_ms\":20.0,"
                + "\"p99_ms\":30.5,\"in_flight\":1,\"share\":0.5,\"left_out_for_ms\":4000.0")
        .contains("\"hedgeable\":40,\"hedged\":4,\"hedges_won\":2")
        .contains("\"name\":\"next.price\",\"equal\":5,\"differed\":1,\"failed\":2,\"skipped\":0")
        .contains("\"percent\":5.0,\"state\":\"rolled back: it is slower\"")
        .contains("\"step\":\"collect\",\"waiting\":7,\"batches\":9");
  }
}
